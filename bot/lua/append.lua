-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Stores one message of a user, once, and restarts the user's timer, in one step.
--
-- KEYS  1 the user's session, a JSON text that ends with "messages":[…]}
--       2 the mark that this message was seen
--       3 the timers' deadlines, and 4 the user's trigger, in database ARGV[3]
--       5 the user's pace: when WhatsApp's pair rate limit would be used up by no
--       more than what was sent until now, in ms
-- ARGV  1 the message, a JSON object without its number "n"
--       2 a token of the caller's, unlike any other
--       3 the database of the trigger, or empty: the caller's own; 4 the caller's own
--       5 the user, 6 the silence, 7 the session's and 8 the mark's time to live, in ms
--       9 how many messages and 10 how many bytes a session may have before it is
--       due at once
--       11 how long a message to the user uses up of the pace, and 12 how much
--       confirmations that count may use up, in ms
--       13 how many confirmations of a session count when its history does
-- Returns {n, new, confirm}: the message's number in its session, 1 if it is new,
-- and 1 if it is to be confirmed, which counts as a message to the user.
--
-- A call that is repeated because its answer was lost has the same token and
-- gets the same answer. A message that came before changes nothing. JSON is
-- spliced as text: Redis' cjson does not give back what it reads.
--
-- Redis does not undo a script that fails halfway, as one without the right to
-- SELECT does. So the timer comes first and the mark last: what is marked as seen
-- is stored, and has a timer.
local seen = redis.call('GET', KEYS[2])
if seen then
  local token, confirm, n = seen:match('^(%S+) (%d)(%d+)$')
  local same = token == ARGV[2]
  return {tonumber(n), same and 1 or 0, same and tonumber(confirm) or 0}
end

-- A session that is short is written anew: to write beyond its end would make Redis
-- reserve twice its length.
local short = 1024
local text = redis.call('GETRANGE', KEYS[1], -short, -1)
local size = #text
local n = 1
if size == short then
  size = redis.call('STRLEN', KEYS[1])
end
if size > 0 then
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
