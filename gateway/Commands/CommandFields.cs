using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Reads the fields of commands that the gateway answers itself.</summary>
internal static class CommandFields
{
    private const int MaxTypes = 64;
    private const double MaxRate = 1_000;

    /// <summary>Where <c>session.open</c> is to begin: no field, <c>"start"</c>, or <c>{epoch, seq, check?}</c>.</summary>
    public static bool TryReadStart(JsonElement command, out OpenFrom from, [NotNullWhen(false)] out string? problem)
    {
        (from, problem) = (OpenFrom.Snapshot, null);
        if (!command.TryGetProperty("after", out var after)) return true;
        if (after.ValueKind == JsonValueKind.String && after.ValueEquals("start"u8))
        {
            from = OpenFrom.Start;
            return true;
        }

        if (after.ValueKind == JsonValueKind.Object && TryGetString(after, "epoch", out var epoch)
            && after.TryGetProperty("seq", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var seq) && seq >= 0
            && (TryGetString(after, "check", out var check) || !after.TryGetProperty("check", out _)))
        {
            from = OpenFrom.After(new SessionCursor(epoch, seq, check));
            return true;
        }

        problem = "The field after is neither \"start\" nor {epoch, seq, check?}.";
        return false;
    }

    /// <summary>The filter and the rate of <c>session.open</c>.</summary>
    public static bool TryReadSettings(JsonElement command, out ReaderSettings settings, [NotNullWhen(false)] out string? problem)
    {
        FrozenSet<string>? types = null;
        (settings, problem) = (ReaderSettings.Everything, null);
        if (command.TryGetProperty("types", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxTypes || list.EnumerateArray().Any(type => type.ValueKind != JsonValueKind.String))
            {
                problem = $"The field types is no list of at most {MaxTypes} event types.";
                return false;
            }

            types = list.EnumerateArray().Select(type => type.GetString()!).ToFrozenSet();
        }

        var interval = TimeSpan.Zero;
        if (command.TryGetProperty("maxRate", out var rate))
        {
            if (rate.ValueKind != JsonValueKind.Number || rate.GetDouble() is not (> 0.01 and <= MaxRate))
            {
                problem = "The field maxRate is no number of frames per second between 0.01 and 1,000.";
                return false;
            }

            interval = TimeSpan.FromSeconds(1 / rate.GetDouble());
        }

        settings = new(types, interval);
        return true;
    }

    public static bool TryGetString(JsonElement command, string name, [NotNullWhen(true)] out string? value)
    {
        value = command.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;
        return value is not null;
    }

    /// <summary>The field as an id, or null.</summary>
    public static string? GetId(JsonElement command, string name) => TryGetString(command, name, out var id) && EntityId.IsValid(id) ? id : null;

    /// <summary>The field as a truth value, or null.</summary>
    public static bool? GetBoolean(JsonElement command, string name) => command.TryGetProperty(name, out var field) && field.ValueKind is JsonValueKind.True or JsonValueKind.False ? field.GetBoolean() : null;
}
