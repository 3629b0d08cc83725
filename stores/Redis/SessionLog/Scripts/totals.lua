-- One tenant's sessions (id -> version, bytes, owner) and the sums of what they have: 't' the tenant's, 'o' and the owner.
-- Tuples of session, version, bytes ('-': the session is gone), owner; then '' and the owners to tell of -> tenant's sum, owners' sums.
-- An older version changes nothing, so it does no harm to report twice or late.
local sessions, sums = KEYS[1], KEYS[2]

local function add(owner, bytes)
  if bytes == 0 then return end
  redis.call('HINCRBY', sums, 't', string.format('%.0f', bytes))
  if redis.call('HINCRBY', sums, 'o' .. owner, string.format('%.0f', bytes)) == 0 then redis.call('HDEL', sums, 'o' .. owner) end
end

local i = 1
while ARGV[i] ~= '' do
  local session, version, bytes, owner = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local known = redis.call('HGET', sessions, session)
  local oldVersion, oldBytes, oldOwner
  if known then oldVersion, oldBytes, oldOwner = string.match(known, '^(%d+) (%d+) (.*)$') end
  if bytes == '-' then
    if known and tonumber(oldVersion) <= tonumber(version) then
      add(oldOwner, -oldBytes)
      redis.call('HDEL', sessions, session)
    end
  elseif not known or tonumber(oldVersion) < tonumber(version) then
    if known then add(oldOwner, -oldBytes) end
    add(owner, tonumber(bytes))
    redis.call('HSET', sessions, session, version .. ' ' .. bytes .. ' ' .. owner)
  end
  i = i + 4
end

local told = {redis.call('HGET', sums, 't') or '0'}
for at = i + 1, #ARGV do told[#told + 1] = redis.call('HGET', sums, 'o' .. ARGV[at]) or '0' end
return told
