-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Marks a part of a history as sent or delivered. If all parts are delivered, the script
-- deletes the batch. If all parts are sent, the batch stays for a limited time, because
-- WhatsApp can still report that a part failed. A repeated call changes nothing more.
--
-- KEYS  1 the batch
--       2 the open firing
--       3 the leases of the action
--       4 the parked firings
-- ARGV  1 the user
--       2 the id of the firing
--       3 the part
--       4 'sent' or 'delivered'
--       5 how long to keep the batch once all parts are sent, in ms
--       6 the id of the part's message
--       7 the field of the firing in KEYS[4]
--
-- The script returns 1, or 0 if the batch does not exist or the message has failed.
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'failed ' .. ARGV[6]) == 1 then
  return 0
end
local part = 'p' .. ARGV[3]
local before = redis.call('HGET', KEYS[1], part)
if before ~= 'delivered' then
  redis.call('HSET', KEYS[1], part, ARGV[4])
end
if before ~= 'sent' and before ~= 'delivered' then
  redis.call('HSET', KEYS[1], 'id ' .. ARGV[3], ARGV[6])
end
local sent, delivered = true, true
for i = 0, redis.call('HGET', KEYS[1], 'parts') - 1 do
  local state = redis.call('HGET', KEYS[1], 'p' .. i)
  delivered = delivered and state == 'delivered'
  sent = sent and (state == 'sent' or state == 'delivered')
end
if delivered then
  redis.call('DEL', KEYS[1])
elseif sent then
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
if sent then
  redis.call('HDEL', KEYS[4], ARGV[7]) -- the proof came after the history was parked
end
if before ~= 'sent' and before ~= 'delivered' then
  local firing = redis.call('HMGET', KEYS[2], 'id', 'owner')
  if firing[1] == ARGV[2] and firing[2] == '' then -- the firing waits for this proof
    redis.call('ZADD', KEYS[3], number(clock()), ARGV[1])
  end
end
return 1
