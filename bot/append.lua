-- Stores one message of a user, once, and restarts the user's timer, in one step.
--
-- KEYS  1 the user's session, a JSON text that ends with "messages":[…]}
--       2 the mark that this message was seen
--       3 the trigger, in database ARGV[3]
-- ARGV  1 the message, a JSON object without its number "n"
--       2 a token of the caller's, unlike any other
--       3 the database of the trigger, 7 the caller's own
--       4 the timer, 5 the session's and 6 the mark's time to live, in milliseconds
-- Returns {n, new}: the message's number in its session, and 1 if it is new.
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
  local token, n = seen:match('^(%S+) (%d+)$')
  return {tonumber(n), token == ARGV[2] and 1 or 0}
end

local tail = redis.call('GETRANGE', KEYS[1], -32, -1)
local last = tail:match('"n":(%d+)}%]}$')
local n = tonumber(last or 0) + 1

redis.call('SELECT', ARGV[3])
redis.call('DEL', KEYS[3])
redis.call('SET', KEYS[3], '1', 'PX', ARGV[4])
redis.call('SELECT', ARGV[7])

local message = ARGV[1]:sub(1, -2) .. ',"n":' .. string.format('%d', n) .. '}]}'
if tail == '' then
  redis.call('SET', KEYS[1], '{"messages":[' .. message)
else
  if n > 1 then
    message = ',' .. message
  end
  redis.call('SETRANGE', KEYS[1], redis.call('STRLEN', KEYS[1]) - 2, message)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('SET', KEYS[2], ARGV[2] .. ' ' .. string.format('%d', n), 'PX', ARGV[6])
return {n, 1}
