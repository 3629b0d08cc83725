-- token, expiry, then seqs and replacements in turn -> bytes, version, owner; nothing: the token is void
local h = redis.call('HMGET', header, 'token', 'first', 'bytes', 'version', 'owner')
if h[1] ~= ARGV[1] then return {} end
local first, bytes, version = tonumber(h[2]), tonumber(h[3]), number(h[4] + 1)
for i = 3, #ARGV, 2 do
  local at, entry = tonumber(ARGV[i]) - first, ARGV[i + 1]
  local old = at >= 0 and redis.call('LINDEX', entries, number(at))
  if old and kindOf(old) == kindOf(entry) then
    -- Type, check and target stay; private part and event are the new ones.
    local kind, check, target, _, none = lengths(old)
    local otherKind, otherCheck, otherTarget, private = lengths(entry)
    local new = struct.pack('<BBHI4', kind, check, none and 65535 or target, private)
      .. string.sub(old, 9, 8 + kind + check + target) .. string.sub(entry, 9 + otherKind + otherCheck + otherTarget)
    bytes = bytes + size(new) - size(old)
    redis.call('LSET', entries, number(at), new)
  end
end
redis.call('HSET', header, 'bytes', number(bytes), 'version', version)
expire(ARGV[2])
return {number(bytes), version, h[5]}
