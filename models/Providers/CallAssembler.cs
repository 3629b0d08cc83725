using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

/// <summary>Puts parallel calls together from their deltas. Order is the model's; arguments that are no JSON object fail their call alone.</summary>
internal sealed class CallAssembler(ToolNames tools)
{
    private readonly SortedDictionary<int, Part> parts = [];

    public int Count => parts.Count;

    public int LastIndex => parts.Count == 0 ? 0 : parts.Keys.Last();

    public bool Has(int index) => parts.ContainsKey(index);

    public void Add(int index, string? id, string? name, string? arguments)
    {
        if (!parts.TryGetValue(index, out var part)) parts.Add(index, part = new());
        if (!string.IsNullOrEmpty(id)) part.Id = id;
        if (!string.IsNullOrEmpty(name)) part.Name = name;
        part.Arguments.Append(arguments);
    }

    /// <summary>The calls, each under an id of its own even where the server gave none, or one twice.</summary>
    public IEnumerable<FunctionCallContent> Calls()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var n = 0;
        foreach (var part in parts.Values)
        {
            var id = part.Id is { } own && ids.Add(own) ? own : $"call_{n}";
            ids.Add(id);
            yield return Call(part, id);
            n++;
        }
    }

    private FunctionCallContent Call(Part part, string id)
    {
        var name = tools.FromWire(part.Name ?? "");
        if (part.Arguments.ToString() is not { } json || string.IsNullOrWhiteSpace(json)) return new(id, name, new Dictionary<string, object?>());
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("An object is expected.");
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject()) arguments[member.Name] = member.Value.Clone();
            return new(id, name, arguments);
        }
        catch (JsonException unreadable)
        {
            return new(id, name) { Exception = unreadable };
        }
    }

    private sealed class Part
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
