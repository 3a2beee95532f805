-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Claims firings of timers for the length of a lease: timers that are due, and open
-- firings whose lease has ended. The caller then handles the firings it has claimed. If
-- its lease ends, the next claim gets the same firing with the same id.
--
-- A timer has at most one open firing. A timer that is due again before its firing is
-- closed waits behind it, so that the firings of a timer are handled in order.
--
-- KEYS  1 the deadlines of the action
--       2 the leases of the action: identifier → end of the lease, or time of the next
--         attempt
--       then for each timer its open firing, a hash {id, owner, due, opened, attempt,
--       behind, again, next}, and its trigger key, in database ARGV[3]
-- ARGV  1 a token that no other call has
--       2 the length of the lease, in ms
--       3 the database of the triggers; empty if it is the caller's own
--       4 the caller's own database
--       then for each timer its identifier
--
-- The script returns a list for each claimed firing: the index of its timer from 1, id,
-- owner, due, opened, now, attempt from 1, and 1 if the lease of another owner had ended,
-- else 0. A repeated call with the same token returns the same firings.
--
-- The script touches the triggers of new firings. Otherwise Redis would announce that
-- they expired only when its search for expired keys finds them.
local now = clock()
local lease = now + ARGV[2]
local claimed, touched = {}, {}
for i = 1, #ARGV - 4 do
  local timer, firing, trigger = ARGV[4 + i], KEYS[1 + 2 * i], KEYS[2 + 2 * i]
  local owner = ARGV[1] .. '-' .. i
  local open = redis.call('HMGET', firing, 'id', 'owner', 'due', 'opened', 'attempt')
  local ends = tonumber(redis.call('ZSCORE', KEYS[2], timer) or 0)
  local due = tonumber(redis.call('ZSCORE', KEYS[1], timer) or now + 1)
  local mine, over = false, 0
  if open[1] then
    if open[2] == owner then
      mine = true
    elseif ends <= now then
      mine = true
      over = open[2] ~= '' and 1 or 0
      open[5] = open[5] + 1
      redis.call('HSET', firing, 'owner', owner, 'attempt', open[5])
      redis.call('ZADD', KEYS[2], number(lease), timer)
    elseif due <= now then
      redis.call('ZREM', KEYS[1], timer)
      redis.call('HSET', firing, 'behind', number(due))
    end
  elseif due <= now then
    mine = true
    open = {owner, owner, number(due), number(now), 1}
    redis.call('ZREM', KEYS[1], timer)
    redis.call('HSET', firing, 'id', owner, 'owner', owner, 'due', open[3], 'opened', open[4], 'attempt', 1)
    redis.call('ZADD', KEYS[2], number(lease), timer)
    touched[#touched + 1] = trigger
  elseif ends > 0 then
    redis.call('ZREM', KEYS[2], timer) -- a lease without a firing
  end
  if mine then
    claimed[#claimed + 1] = {i, open[1], owner, open[3], open[4], number(now), tonumber(open[5]), over}
  end
end
if #touched > 0 then
  withTriggers(ARGV[3], ARGV[4], function() redis.call('EXISTS', unpack(touched)) end)
end
return claimed
