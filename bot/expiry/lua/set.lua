-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Starts or restarts a timer. A repeated call restarts it again.
--
-- KEYS  1 the deadlines of the action: identifier → due time, in ms of Redis' clock
--       2 the trigger key, in database ARGV[3]
--       3 the open firing
-- ARGV  1 the identifier
--       2 the delay, in ms
--       3 the database of the trigger; empty if it is the caller's own
--       4 the caller's own database
--       5 'missing' to set the timer only if it is not set and has no open firing; else
--         empty
--
-- The script returns when the timer is due, or 0 if the timer was not missing.
if ARGV[5] == 'missing' and (redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('EXISTS', KEYS[3]) == 1) then
  return 0
end
local now, up = clock()
local due = up + ARGV[2]
arm({{identifier = ARGV[1], due = due, deadlines = KEYS[1], trigger = KEYS[2]}}, now, ARGV[3], ARGV[4])
return number(due)
