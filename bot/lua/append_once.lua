-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Stores messages, one of each of some users, once, and restarts the users' timers, in one
-- step.
--
-- KEYS  for each message:
--       1 the user's session: a JSON text that ends with "messages":[…]}
--       2 the mark that the message was seen
--       3 the deadlines of the action
--       4 the user's trigger key, in database ARGV[1]
--       5 the user's pace: the time in ms at which the messages sent so far no longer
--         use up any of WhatsApp's pair rate limit
--       6 the user's alias; see usernames.go
--       No two messages have the same session or the same mark.
-- ARGV  1 the database of the triggers; empty if it is the caller's own
--       2 the caller's own database
--       3 the marks' time to live, in ms
--       4 the number of messages that makes a session due at once
--       5 the number of bytes that makes a session due at once
--       6 how much of the pace a message to the user uses up, in ms
--       7 how much of the pace counted confirmations may use up, in ms
--       8 the number of confirmations of a session that begin_part.lua counts later
--       then for each message:
--       1 the message: a JSON object without its number "n"
--       2 a token that no other message has
--       3 the user
--       4 the silence, in ms
--       5 the session's time to live, in ms
--
-- The script returns for each message {n, new, confirm}: n is the message's number in its
-- session. new is 1 if the message is new. confirm is 1 if the caller should confirm the
-- message; the confirmation then counts as a message to the user. Or it returns the name of
-- the user in whose session the message belongs, and has done nothing with the message: the
-- user has no session, and has that alias.
--
-- go-redis repeats a call whose answer was lost. The repeated call has the same tokens
-- and gets the same answers. A duplicate message changes nothing.
--
-- The script splices JSON as text, because Redis' cjson does not write back exactly
-- what it read.
--
-- Redis does not undo a script that fails halfway, as it does for a user without the
-- right to SELECT. So the script sets the timers first and the marks last: a message that
-- is marked as seen is stored and has a timer.
--
-- Most of what a message costs Redis is the number of calls, and the bytes of the strings that
-- Lua makes. So the time and the way to the triggers' database are called for once.
local dedupe, limit, large = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local interval, most, uncounted = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local now, up = clock()

-- A short session is written with SET: SETRANGE beyond the end of a string makes Redis
-- reserve twice its length.
local short = 1024

local answers, new = {}, {}
for i = 1, #KEYS / 6 do
  local k, a = 6 * i - 6, 5 * i + 3
  local seen = redis.call('GET', KEYS[k + 2])
  local text, alias = '', nil
  if seen then
    local token, confirm, n = seen:match('^(%S+) (%d)(%d+)$')
    local same = token == ARGV[a + 2]
    answers[i] = {tonumber(n), same and 1 or 0, same and tonumber(confirm) or 0}
  else
    text = redis.call('GETRANGE', KEYS[k + 1], -short, -3) -- without ]}
    alias = text == '' and redis.call('GET', KEYS[k + 6])
    answers[i] = alias
  end
  if not seen and not alias then
    local size = #text
    if size == short - 2 then
      size = redis.call('STRLEN', KEYS[k + 1]) - 2
    end
    local n = tonumber(text:sub(-30):match('"n":(%d+)}$') or 0) + 1
    local due = (n >= limit or size + 2 >= large) and now or up + ARGV[a + 4]
    new[#new + 1] = {
      i = i, n = n, text = text, size = size,
      identifier = ARGV[a + 3], due = due, deadlines = KEYS[k + 3], trigger = KEYS[k + 4],
    }
  end
end
if #new > 0 then
  arm(new, now, ARGV[1], ARGV[2])
end

for _, m in ipairs(new) do
  local k, a, n = 6 * m.i - 6, 5 * m.i + 3, number(m.n)
  local message = ARGV[a + 1]:sub(1, -2) .. ',"n":' .. n .. '}]}'
  if m.n > 1 then
    message = ',' .. message
  end
  if m.size == 0 then
    redis.call('SET', KEYS[k + 1], '{"messages":[' .. message, 'PX', ARGV[a + 5])
  elseif m.size < short - 2 then
    redis.call('SET', KEYS[k + 1], m.text .. message, 'PX', ARGV[a + 5])
  else
    redis.call('SETRANGE', KEYS[k + 1], m.size, message)
    redis.call('PEXPIRE', KEYS[k + 1], ARGV[a + 5])
  end

  local confirm = 1
  if m.n > uncounted then
    local used = math.max(tonumber(redis.call('GET', KEYS[k + 5]) or 0), now) + interval - now
    if used > most then
      confirm = 0
    else
      redis.call('SET', KEYS[k + 5], number(now + used), 'PX', number(used))
    end
  end

  redis.call('SET', KEYS[k + 2], ARGV[a + 2] .. (confirm == 1 and ' 1' or ' 0') .. n, 'PX', dedupe)
  answers[m.i] = {m.n, 1, confirm}
end
return answers
