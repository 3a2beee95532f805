-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Closes a firing that was handled, or that is parked because it cannot be handled.
--
-- KEYS  1 the deadlines of the action
--       2 the leases of the action
--       3 the open firing
--       4 the parked firings: a hash
-- ARGV  1 the identifier
--       2 the id of the firing
--       3 the owner
--       4 the field of the parked firing; empty if the firing was handled
--       5 the record of the parked firing; empty if the firing was handled
--
-- The script returns 1, or 2 if another firing of the timer can be claimed now, or 0 if
-- the firing is closed or belongs to another owner.
local open = redis.call('HMGET', KEYS[3], 'id', 'owner', 'behind', 'again', 'next')
if open[1] ~= ARGV[2] or open[2] ~= ARGV[3] then
  return 0
end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[4], ARGV[5])
elseif open[4] then -- the firing was requeued meanwhile
  redis.call('HDEL', KEYS[3], 'again')
  redis.call('HSET', KEYS[3], 'owner', '')
  redis.call('ZADD', KEYS[2], open[4], ARGV[1])
  return 2
end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[2], ARGV[1])
if open[5] then -- another firing was requeued meanwhile
  local id, rest = open[5]:match('^(%S+) ?(.*)$')
  local now = clock()
  reopen(KEYS[2], KEYS[3], ARGV[1], id, number(now), now, now)
  if rest ~= '' then
    redis.call('HSET', KEYS[3], 'next', rest)
  end
  if open[3] then
    redis.call('HSET', KEYS[3], 'behind', open[3])
  end
  return 2
end
if not open[3] then
  return 1
end
redis.call('ZADD', KEYS[1], 'NX', open[3], ARGV[1])
return 2
