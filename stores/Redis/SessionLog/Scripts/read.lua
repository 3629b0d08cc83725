-- after, most entries, most bytes -> epoch, head, first, the first entry's seq, entries
local h = redis.call('HMGET', header, 'epoch', 'head', 'first')
if not h[1] then return {} end
local first = tonumber(h[3])
local from = math.max(tonumber(ARGV[1]) + 1, first)
local page, bytes, most, room = {}, 0, tonumber(ARGV[2]), tonumber(ARGV[3])
local at, step, full = from - first, 32, from > tonumber(h[2])
while not full do
  local some = redis.call('LRANGE', entries, number(at), number(at + step - 1))
  for _, entry in ipairs(some) do
    bytes = bytes + size(entry)
    full = #page > 0 and (bytes > room or #page >= most)
    if full then break end
    page[#page + 1] = entry
  end
  full = full or #some < step
  at = at + step
  step = math.min(step * 2, CHUNK)
end
return {h[1], h[2], h[3], number(from), page}
