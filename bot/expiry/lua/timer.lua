-- Prepended: nothing; this file is prepended to every other script.
-- The functions that all scripts share.

-- clock returns Redis' time in whole milliseconds, rounded down and up.
local function clock()
  local t = redis.call('TIME')
  local ms = t[1] * 1000
  return ms + math.floor(t[2] / 1000), ms + math.ceil(t[2] / 1000)
end

-- number formats a time; tostring would lose digits.
local function number(n)
  return string.format('%d', n)
end

-- withTriggers calls f in the database of the trigger keys. An empty name means the
-- caller's own database, as in a Redis Cluster.
local function withTriggers(triggers, own, f)
  if triggers == '' then
    return f()
  end
  redis.call('SELECT', triggers)
  f()
  redis.call('SELECT', own)
end

-- arm sets timers, a list of {identifier, due, deadlines, trigger}. A trigger expires one
-- millisecond earlier, so that it has expired whenever a caller finds the timer due.
local function arm(timers, now, triggers, own)
  withTriggers(triggers, own, function()
    for _, t in ipairs(timers) do
      if t.due > now + 1 then
        redis.call('SET', t.trigger, '1', 'PXAT', number(t.due - 1))
      else
        redis.call('DEL', t.trigger)
      end
    end
  end)
  for _, t in ipairs(timers) do
    redis.call('ZADD', t.deadlines, number(t.due), t.identifier)
  end
end

-- reopen makes a closed or parked firing claimable from a time on. If another firing
-- of the timer is open, this one waits until that is closed: a timer has at most one
-- open firing.
local function reopen(leases, firing, identifier, id, due, now, at)
  local open = redis.call('HMGET', firing, 'id', 'owner', 'next')
  if open[1] and open[1] ~= id then
    if not ((open[3] or '') .. ' '):find(id .. ' ', 1, true) then
      redis.call('HSET', firing, 'next', (open[3] and open[3] .. ' ' or '') .. id) -- close.lua opens it
    end
  elseif open[1] and open[2] ~= '' then
    redis.call('HSET', firing, 'again', number(at)) -- close.lua keeps it open
  elseif open[1] then
    redis.call('ZADD', leases, 'GT', number(at), identifier) -- it may already wait for longer
  else
    redis.call('HSET', firing, 'id', id, 'owner', '', 'due', due, 'opened', number(now), 'attempt', 0)
    redis.call('ZADD', leases, number(at), identifier)
  end
end
