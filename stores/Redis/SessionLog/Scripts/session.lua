-- Before every script of a session. Its keys, all in one slot: header, entries, messages (id -> flag and seqs), their order, and deltas of those without whole text.
local header, entries, messages, order, deltas = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local CHUNK = 500 -- Lua can't pass more than some thousand arguments at once.

-- An entry: lengths of type, check, target (65535: none) and private part; then these, then the event.
local function lengths(entry)
  local kind, check, target, private = struct.unpack('<BBHI4', entry)
  if target == 65535 then return kind, check, 0, private, true end
  return kind, check, target, private, false
end

-- What an entry counts for.
local function size(entry)
  local kind, check, target = lengths(entry)
  return #entry - 8 - kind - check - target
end

local function kindOf(entry)
  return string.sub(entry, 9, 8 + string.byte(entry, 1))
end

local function targetOf(entry)
  local kind, check, target, _, none = lengths(entry)
  if none then return nil end
  return string.sub(entry, 9 + kind + check, 8 + kind + check + target)
end

local function checkOfLast()
  local last = redis.call('LINDEX', entries, -1)
  if not last then return false end
  local kind, check = lengths(last)
  return check > 0 and string.sub(last, 9 + kind, 8 + kind + check)
end

local function number(value)
  return string.format('%.0f', value)
end

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The header as callers get it; nothing for a session that does not exist.
local function describe()
  local h = redis.call('HMGET', header, 'epoch', 'head', 'first', 'owner', 'members', 'open', 'bytes', 'version')
  if not h[1] then return {} end
  h[9] = checkOfLast()
  return h
end

-- Keeps the deltas for which the function holds.
local function keepDeltas(holds)
  local kept = {}
  local all = redis.call('LRANGE', deltas, 0, -1)
  for _, delta in ipairs(all) do
    if holds(string.sub(delta, 5)) then kept[#kept + 1] = delta end
  end
  if #kept == #all then return end
  redis.call('DEL', deltas)
  for i = 1, #kept, CHUNK do redis.call('RPUSH', deltas, unpack(kept, i, math.min(i + CHUNK - 1, #kept))) end
end

-- A session without open work goes after that time without a change (0: never), all of it at the same moment.
local function expire(after)
  if after == '0' then return end
  local open = redis.call('HGET', header, 'open') == '1'
  local due = false
  for _, key in ipairs(KEYS) do
    local left = redis.call('PTTL', key)
    due = due or (left ~= -2 and open ~= (left == -1)) or (not open and left >= 0 and left < after * 0.9)
  end
  if not due then return end
  for _, key in ipairs(KEYS) do
    if open then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, after) end
  end
end
