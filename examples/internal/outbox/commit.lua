-- Changes a state and puts messages into the outbox, in one step and once.
-- KEYS  1 the mark that this was done  2 the state  3 when its sender last wrote  4 the outbox
-- ARGV  1 the state before  2 the state after  3 when the sender wrote, in seconds
--       then for each message: id, recipient, content, template, delay in ms
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 1
end
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then
  return 0 -- somebody else has changed it
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for i = 4, #ARGV, 5 do
  local at = now + ARGV[i + 4]
  redis.call('HSET', KEYS[4] .. ':' .. ARGV[i], 'to', ARGV[i + 1], 'content', ARGV[i + 2], 'template', ARGV[i + 3], 'late', at + 604800000)
  redis.call('ZADD', KEYS[4], at, ARGV[i])
end
if KEYS[3] ~= 'wrote:' and tonumber(ARGV[3]) > tonumber(redis.call('GET', KEYS[3]) or 0) then
  redis.call('SET', KEYS[3], ARGV[3], 'EX', 604800)
end
redis.call('SET', KEYS[2], ARGV[2], 'EX', 2592000)
redis.call('SET', KEYS[1], 1, 'EX', 604800)
return 1
