//! Things move to show where they come from, and not at all for whoever asks for that.

use crate::on_both_screens;

/// The longest transition or animation of anything on the screen, in milliseconds.
const LONGEST: &str = "return Math.max(...[...document.querySelectorAll('body *')].map((element) \
    => {
        const style = getComputedStyle(element);
        const seconds = `${style.transitionDuration}, ${style.animationName === 'none' ? '0s' : \
            style.animationDuration}`.split(', ');
        return Math.max(...seconds.map((one) => parseFloat(one) * (one.endsWith('ms') ? 1 : 1000)));
    }))";

// A sheet glides in a moment; with reduced motion it is simply there.
on_both_screens!(opening_a_sheet, async |story| {
    story.browser.prefer("light", true).await?;
    story.arrive(&story.minato.number_settings(0)).await?;
    for moves in [true, false] {
        story.browser.prefer("light", moves).await?;
        story.press("優先着信").await?;
        story.see_at("picker-sheet", "優先しない").await?;
        let longest = story.browser.script(LONGEST, vec![]).await?.as_f64().unwrap_or_default();
        assert_eq!(longest > 1.0, moves, "{longest} ms");
        assert!(longest <= 200.0, "{longest} ms");
        story.key(thirtyfour::Key::Escape).await?;
        story.gone("picker-sheet").await?;
    }
    Ok(())
});
