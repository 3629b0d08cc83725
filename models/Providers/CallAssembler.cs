using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// Puts parallel calls together from their deltas, whatever of index and id a server gives. Order is the model's; arguments that are
/// no JSON object fail their call alone.
/// </summary>
internal sealed class CallAssembler(Answer answer)
{
    private readonly List<CallPart> parts = [];

    public int Count => parts.Count;

    /// <summary>Whether no call's arguments stop in their middle.</summary>
    public bool AreWhole => parts.TrueForAll(p => p.IsEmpty || p.IsWhole);

    public bool Has(int index) => parts.Exists(p => p.Index == index);

    public void Add(CallDelta delta) => Add([delta]);

    /// <summary>Takes the calls of one event.</summary>
    public void Add(IEnumerable<CallDelta> together)
    {
        var touched = new HashSet<CallPart>();
        foreach (var delta in together)
        {
            var part = Open(delta);
            if (part is null || Begins(delta, part, touched.Contains(part))) parts.Add(part = new(delta.Index));
            touched.Add(part);
            part.Take(delta);
            answer.Count(delta.Arguments);
        }
    }

    /// <summary>The calls, each under an id of its own even where the server gave none, or one twice.</summary>
    public IEnumerable<FunctionCallContent> Calls()
    {
        var ids = CallIds.Distinct([.. Ordered.Select(p => p.Id)], _ => true);
        return Ordered.Select((part, i) => Call(part, ids[i]));
    }

    /// <summary>What the server wants back with each of them.</summary>
    public IEnumerable<JsonNode?> Owns() => Ordered.Select(p => p.Own);

    private IEnumerable<CallPart> Ordered => parts.TrueForAll(p => p.Index is not null) ? parts.OrderBy(p => p.Index) : parts;

    /// <summary>The call that a delta goes on with, unless it begins another.</summary>
    private CallPart? Open(CallDelta delta)
    {
        if (delta.Index is { } index) return parts.FindLast(p => p.Index == index);
        return parts.FindLast(p => delta.Id is not null && p.Id == delta.Id) ?? parts.LastOrDefault();
    }

    /// <summary>
    /// A new id with a name begins a call; an id without a name goes on with the open one, unless that is whole and has no more to
    /// come.
    /// </summary>
    private static bool Begins(CallDelta delta, CallPart open, bool together)
    {
        var other = delta.Id is not null && open.Id is not null && delta.Id != open.Id;
        if (delta.Name is null) return other && delta.Index is null && delta.HasArguments && open.IsWhole;
        if (other) return true;
        if (open.Name is null) return false;
        if (delta.Name != open.Name) return true;
        var same = delta.Id is not null && delta.Id == open.Id;
        return same ? together && delta.HasArguments && open.IsWhole : together || (delta.HasArguments && open.IsWhole);
    }

    private FunctionCallContent Call(CallPart part, string id)
    {
        var name = answer.Tools.FromWire(part.Name ?? "");
        if (part.IsEmpty) return new(id, name, new Dictionary<string, object?>());
        try
        {
            return new(id, name, part.Read());
        }
        catch (JsonException unreadable)
        {
            return new(id, name) { Exception = unreadable };
        }
    }
}
