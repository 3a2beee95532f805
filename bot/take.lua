-- Takes the session of a user whose timer is not running, in one step: what
-- comes later begins the next session.
--
-- KEYS  1 the user's session
--       2 where the session is kept until its history was sent
--       3 the trigger, in database ARGV[1]
-- ARGV  1 the database of the trigger
--       2 how long KEYS[2] is kept, in milliseconds
--       3 the caller's own database
-- Returns the session's JSON text, or false: the timer was set again, or there
-- are no messages. KEYS[2] is unlike any other caller's, so that a call which is
-- repeated because its answer was lost gets the same answer.
local taken = redis.call('GET', KEYS[2])
if taken then
  return taken
end
redis.call('SELECT', ARGV[1])
local running = redis.call('EXISTS', KEYS[3])
redis.call('SELECT', ARGV[3])
if running == 1 or redis.call('GETRANGE', KEYS[1], -3, -1) ~= '}]}' then
  return false
end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return redis.call('GET', KEYS[2])
