-- Prepended: nothing; this file is prepended to every other script.
-- What the scripts of timers share; it stands before each of them.

-- clock returns Redis' time in whole milliseconds, rounded down and up.
local function clock()
  local t = redis.call('TIME')
  local ms = t[1] * 1000
  return ms + math.floor(t[2] / 1000), ms + math.ceil(t[2] / 1000)
end

-- number writes a time: Lua's own way loses digits.
local function number(n)
  return string.format('%d', n)
end

-- withTriggers calls f in the database of the trigger keys, which in a Redis
-- Cluster (an empty name) is the caller's own.
local function withTriggers(triggers, own, f)
  if triggers == '' then
    return f()
  end
  redis.call('SELECT', triggers)
  f()
  redis.call('SELECT', own)
end

-- arm sets a timer for a time. Its trigger expires one millisecond before, so
-- that a caller that finds the timer due finds the trigger expired.
local function arm(deadlines, trigger, identifier, now, due, triggers, own)
  withTriggers(triggers, own, function()
    if due > now + 1 then
      redis.call('SET', trigger, '1', 'PXAT', number(due - 1))
    else
      redis.call('DEL', trigger)
    end
  end)
  redis.call('ZADD', deadlines, number(due), identifier)
end

-- reopen has a firing that was closed or parked handled again from a time on, or
-- after what is being handled: of a timer, one firing is open at the most.
local function reopen(leases, firing, identifier, id, due, now, at)
  local open = redis.call('HMGET', firing, 'id', 'owner', 'next')
  if open[1] and open[1] ~= id then
    if not ((open[3] or '') .. ' '):find(id .. ' ', 1, true) then
      redis.call('HSET', firing, 'next', (open[3] and open[3] .. ' ' or '') .. id) -- close.lua opens it
    end
  elseif open[1] and open[2] ~= '' then
    redis.call('HSET', firing, 'again', number(at)) -- close.lua leaves it open
  elseif open[1] then
    redis.call('ZADD', leases, 'GT', number(at), identifier) -- it waits already, for longer perhaps
  else
    redis.call('HSET', firing, 'id', id, 'owner', '', 'due', due, 'opened', number(now), 'attempt', 0)
    redis.call('ZADD', leases, number(at), identifier)
  end
end
