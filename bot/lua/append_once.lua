-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Stores one message of a user, once, and restarts the user's timer, in one step.
--
-- KEYS  1 the user's session: a JSON text that ends with "messages":[…]}
--       2 the mark that the message was seen
--       3 the deadlines of the action
--       4 the user's trigger key, in database ARGV[3]
--       5 the user's pace: the time in ms at which the messages sent so far no longer
--         use up any of WhatsApp's pair rate limit
--       6 the user's alias; see usernames.go
-- ARGV  1 the message: a JSON object without its number "n"
--       2 a token that no other call has
--       3 the database of the trigger; empty if it is the caller's own
--       4 the caller's own database
--       5 the user
--       6 the silence, in ms
--       7 the session's time to live, in ms
--       8 the mark's time to live, in ms
--       9 the number of messages that makes a session due at once
--       10 the number of bytes that makes a session due at once
--       11 how much of the pace a message to the user uses up, in ms
--       12 how much of the pace counted confirmations may use up, in ms
--       13 the number of confirmations of a session that begin_part.lua counts later
--
-- The script returns {n, new, confirm}: n is the message's number in its session. new
-- is 1 if the message is new. confirm is 1 if the caller should confirm the message;
-- the confirmation then counts as a message to the user. Or it returns the name of the user
-- in whose session the message belongs, and has done nothing: the user has no session, and
-- has that alias.
--
-- go-redis repeats a call whose answer was lost. The repeated call has the same token
-- and gets the same answer. A duplicate message changes nothing.
--
-- The script splices JSON as text, because Redis' cjson does not write back exactly
-- what it read.
--
-- Redis does not undo a script that fails halfway, as it does for a user without the
-- right to SELECT. So the script sets the timer first and the mark last: a message that
-- is marked as seen is stored and has a timer.
local seen = redis.call('GET', KEYS[2])
if seen then
  local token, confirm, n = seen:match('^(%S+) (%d)(%d+)$')
  local same = token == ARGV[2]
  return {tonumber(n), same and 1 or 0, same and tonumber(confirm) or 0}
end

-- A short session is written with SET: SETRANGE beyond the end of a string makes Redis
-- reserve twice its length.
local short = 1024
local text = redis.call('GETRANGE', KEYS[1], -short, -1)
local size = #text
local n = 1
if size == short then
  size = redis.call('STRLEN', KEYS[1])
end
if size == 0 then
  local alias = redis.call('GET', KEYS[6])
  if alias then
    return alias
  end
else
  n = tonumber(text:sub(-32):match('"n":(%d+)}%]}$') or 0) + 1
end

local now, up = clock()
local due = up + ARGV[6]
if n >= tonumber(ARGV[9]) or size >= tonumber(ARGV[10]) then
  due = now
end
arm(KEYS[3], KEYS[4], ARGV[5], now, due, ARGV[3], ARGV[4])

local message = ARGV[1]:sub(1, -2) .. ',"n":' .. number(n) .. '}]}'
if n > 1 then
  message = ',' .. message
end
if size == 0 then
  redis.call('SET', KEYS[1], '{"messages":[' .. message, 'PX', ARGV[7])
elseif size < short then
  redis.call('SET', KEYS[1], text:sub(1, -3) .. message, 'PX', ARGV[7])
else
  redis.call('SETRANGE', KEYS[1], size - 2, message)
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end

local confirm = 1
if n > tonumber(ARGV[13]) then
  local used = math.max(tonumber(redis.call('GET', KEYS[5]) or 0), now) + ARGV[11] - now
  if used > tonumber(ARGV[12]) then
    confirm = 0
  else
    redis.call('SET', KEYS[5], number(now + used), 'PX', number(used))
  end
end

redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. confirm .. number(n), 'PX', ARGV[8])
return {n, 1, confirm}
