-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Takes back that a part of a history was begun, because it was surely not sent.
--
-- KEYS  1 the batch
-- ARGV  1 the part
--       2 the owner who began it
--
-- The script returns 1, or 0 if another owner began the part.
local state = redis.call('HGET', KEYS[1], 'p' .. ARGV[1])
if not state or state:match('^%d+ (.*)$') ~= ARGV[2] then
  return 0
end
return redis.call('HDEL', KEYS[1], 'p' .. ARGV[1])
