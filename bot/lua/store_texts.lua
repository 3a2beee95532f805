-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Stores the texts of a history's parts, for the caller that has claimed the firing.
--
-- KEYS  1 the batch
--       2 the open firing
-- ARGV  1 the id of the firing
--       2 the owner
--       3 the number of parts
--       4 the texts: a JSON list
--
-- The script returns 1, or 0 if the firing is closed or belongs to another owner, or if
-- the batch does not exist.
local open = redis.call('HMGET', KEYS[2], 'id', 'owner')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] or redis.call('HEXISTS', KEYS[1], 'session') == 0 then
  return 0
end
redis.call('HSET', KEYS[1], 'parts', ARGV[3], 'texts', ARGV[4])
return 1
