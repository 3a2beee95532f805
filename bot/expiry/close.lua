-- Closes a lapse: it was handled, or it is parked because it cannot be.
--
-- KEYS  1 deadlines of the action, 2 leases of the action, 3 the open lapse
--       4 what is parked: a hash
-- ARGV  1 identifier, 2 id of the lapse
--       3 owner, 4 field and 5 record of what is parked; all empty: it was handled
-- Returns 1, 2 if the timer is due again already, or 0 if the lapse is closed or,
-- where it is to be parked, another's.
local open = redis.call('HMGET', KEYS[3], 'id', 'owner', 'behind', 'again')
if open[1] ~= ARGV[2] or ARGV[4] ~= '' and open[2] ~= ARGV[3] then
  return 0
end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[4], ARGV[5])
elseif open[4] then -- it was requeued meanwhile
  redis.call('HDEL', KEYS[3], 'again')
  redis.call('HSET', KEYS[3], 'owner', '')
  redis.call('ZADD', KEYS[2], open[4], ARGV[1])
  return 2
end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[2], ARGV[1])
if not open[3] then
  return 1
end
redis.call('ZADD', KEYS[1], 'NX', open[3], ARGV[1])
return 2
