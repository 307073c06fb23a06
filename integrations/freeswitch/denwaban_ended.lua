-- scripts/denwaban_ended.lua: at the end of a call of the carrier, writes what happened as a form, which waits on the
-- disk until the portal has it (integrations/reports/denwaban-send), and keeps what rang for the time when it is away.

local spool = "/var/spool/denwaban"
local send = "/usr/local/bin/denwaban-send"

local api = freeswitch.API()

-- A channel variable; empty where there is none.
local function variable(name)
  return env:getHeader(name) or ""
end

local function encoded(text)
  return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

local uuid, number = variable("uuid"), variable("denwaban_number")
local action, matched = variable("denwaban_action"), variable("denwaban_matched")
local recording = spool .. "/" .. uuid .. ".wav"

-- More than half a second of 8 kHz and 16 bits.
local function is_message()
  local file = io.open(recording, "rb")
  local size = file and file:seek("end") or 0
  if file then file:close() end
  return size > 8044
end

local type, reason = "missed_call", "hung_up"
if variable("bridge_uuid") ~= "" then
  type = "answered_call"
elseif is_message() then
  type = "voicemail"
elseif action == "announce" or matched == "channel_limit" or matched == "paused" then
  reason = "busy"
elseif matched == "no_terminal_rings" then
  reason = "no_answer"
elseif action == "reject" then
  reason = "refused"
else
  local disposition = variable("originate_disposition")
  if disposition == "USER_BUSY" then
    reason = "busy"
  elseif disposition ~= "" and disposition ~= "ORIGINATOR_CANCEL" then
    reason = "no_answer"
  end
end

local legs, key = variable("denwaban_legs"), "denwaban/" .. number
if action == "ring" and legs ~= "" and api:execute("db", "select/" .. key) ~= legs then
  api:execute("db", "insert/" .. key .. "/" .. legs)
end

-- A number that nobody has, and a contract that is suspended, are nobody's missed call.
if matched == "unknown_number" or matched == "suspended" then return end

local began = tonumber(variable("denwaban_began")) or os.time()
local fields = {
  { "id", uuid .. "-" .. type },
  { "type", type },
  { "call_id", variable("sip_call_id") },
  { "called", number },
  { "from_user", variable("sip_from_user") },
  { "from_display", variable("sip_from_display") },
  { "pai", variable("sip_P-Asserted-Identity") },
  { "privacy", variable("sip_Privacy") },
  { "diversion", variable("sip_h_Diversion") },
  { "at", os.date("!%Y-%m-%dT%H:%M:%SZ", began) },
}
if type == "missed_call" then
  table.insert(fields, { "reason", reason })
  table.insert(fields, { "duration_s", tostring(os.time() - began) })
end
if type == "voicemail" then
  table.insert(fields, { "duration_s", variable("record_seconds") })
end
local form = {}
for _, field in ipairs(fields) do
  table.insert(form, field[1] .. "=" .. encoded(field[2]))
end

local file = io.open(spool .. "/" .. uuid .. ".new", "w")
if not file then
  freeswitch.consoleLog("ERR", "denwaban: cannot write to " .. spool .. "\n")
  return
end
file:write(table.concat(form, "&"))
file:close()
api:execute("bg_system", send .. " " .. uuid)
