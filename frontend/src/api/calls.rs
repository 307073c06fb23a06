//! 着信なりわけ, 発信外線番号, what becomes of a call, and settings taken over from another number.
