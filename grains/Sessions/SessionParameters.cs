using System.Text.Json;
using ToolRuntime.Commands;

namespace ToolRuntime.Sessions;

/// <summary>What the runtime itself reads from a session's parameters; the rest is the client's own.</summary>
internal static class SessionParameters
{
    public const int MaxBytes = 65_536;

    private const string ApprovalRequired = "approvalRequired";
    private const string ApprovalGranted = "approvalGranted";
    private const string All = "*";

    /// <summary>
    /// <c>"approvalRequired": ["shell", ..]</c>, or <c>["*"]</c> for every tool. Anything else was meant to gate something: it gates all. Sessions may have
    /// it from earlier versions, which took it.
    /// </summary>
    public static bool AsksApproval(JsonText parameters, string tool) =>
        parameters.ToElement().TryGetProperty(ApprovalRequired, out var names) && (names.ValueKind != JsonValueKind.Array || Names(names, tool));

    /// <summary><c>"approvalGranted": ["shell", ..]</c>: tools that people have allowed once and for all in this session; it goes before what asks for approval.</summary>
    public static bool GrantsApproval(JsonText parameters, string tool) =>
        parameters.ToElement().TryGetProperty(ApprovalGranted, out var names) && names.ValueKind == JsonValueKind.Array && Names(names, tool);

    private static bool Names(JsonElement names, string tool)
    {
        foreach (var name in names.EnumerateArray())
        {
            if (name.ValueKind == JsonValueKind.String && (name.ValueEquals(tool) || name.ValueEquals(All))) return true;
        }

        return false;
    }

    /// <summary>Why changes of parameters can't be; null if they can. A name in <c>approvalRequired</c> that no tool has would gate nothing.</summary>
    /// <param name="changes">An object.</param>
    /// <param name="missing">Refuses a name that no tool has, or will have.</param>
    public static Rejection? Check(JsonElement changes, Func<string, Rejection?> missing)
    {
        foreach (var parameter in (string[])[ApprovalRequired, ApprovalGranted])
        {
            if (!changes.TryGetProperty(parameter, out var list) || list.ValueKind == JsonValueKind.Null) continue;
            if (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)) continue;
            return new(ErrorCode.InvalidCommand, $"{parameter} must be a list of names of tools, [\"*\"] for all; null removes it.");
        }

        if (!changes.TryGetProperty(ApprovalRequired, out var names) || names.ValueKind == JsonValueKind.Null) return null;
        return names.EnumerateArray().Select(name => name.GetString()!).Where(name => name != All).Select(missing).FirstOrDefault(fault => fault is not null);
    }

    /// <summary><c>"model": "name"</c>: the model of messages that name none; null without it.</summary>
    public static string? Model(JsonText parameters) =>
        parameters.ToElement().TryGetProperty("model", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <summary>
    /// How models are asked where a message does not say: <c>system</c>, <c>temperature</c>, <c>maxOutputTokens</c>, <c>reasoning</c>,
    /// <c>showReasoning</c>.
    /// What can't be is the client's own.
    /// </summary>
    public static ModelSettings Settings(JsonText parameters)
    {
        var all = parameters.ToElement();
        ModelSettings[] each =
        [
            new(System: Of(all, "system", JsonValueKind.String)?.GetString()),
            new(Temperature: Of(all, "temperature", JsonValueKind.Number)?.GetDouble()),
            new(MaxOutputTokens: Of(all, "maxOutputTokens", JsonValueKind.Number) is { } most && most.TryGetInt32(out var n) ? n : null),
            new(Reasoning: Reasoning(Of(all, "reasoning", JsonValueKind.String)?.GetString())),
            new(ShowReasoning: (Of(all, "showReasoning", JsonValueKind.True) ?? Of(all, "showReasoning", JsonValueKind.False))?.GetBoolean()),
        ];
        return each.Where(one => one.Fault() is null).Aggregate(ModelSettings.None, (some, more) => some.Or(more));
    }

    private static Effort? Reasoning(string? name) =>
        name switch { "none" => Effort.None, "low" => Effort.Low, "medium" => Effort.Medium, "high" => Effort.High, _ => null };

    private static JsonElement? Of(JsonElement parameters, string name, JsonValueKind kind) =>
        parameters.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    /// <summary>Merges members; <c>null</c> removes one.</summary>
    public static JsonText Merge(JsonText parameters, JsonElement changes)
    {
        var merged = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in parameters.ToElement().EnumerateObject()) merged[member.Name] = member.Value;
        foreach (var member in changes.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) merged.Remove(member.Name);
            else merged[member.Name] = member.Value;
        }

        return JsonText.Object(writer =>
        {
            foreach (var (name, value) in merged)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        });
    }
}
