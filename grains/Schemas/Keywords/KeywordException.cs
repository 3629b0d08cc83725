using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Json.Schema;

namespace ToolRuntime.Schemas.Keywords;

/// <summary>A keyword's value is refused when the schema is built. The library does not say where it is; the value itself does.</summary>
internal sealed class KeywordException(JsonElement value, string problem, Exception? inner = null) : Exception(problem, inner)
{
    /// <summary>What the library throws of what it can't use.</summary>
    public static bool IsRefusal(Exception exception) => exception is JsonException or JsonSchemaException or ArgumentException
        or InvalidOperationException or FormatException or OverflowException;

    /// <summary>The value's place in the document that was built; empty if it is not of it.</summary>
    public string PointerIn(JsonElement document) => Find(document, "") ?? "";

    private string? Find(JsonElement here, string pointer)
    {
        if (IsSame(here)) return pointer;
        return here.ValueKind switch
        {
            JsonValueKind.Array => here.EnumerateArray().Select((item, i) => Find(item, $"{pointer}/{i}"))
                .FirstOrDefault(found => found is not null),
            JsonValueKind.Object => here.EnumerateObject().Select(member => Find(member.Value, pointer + SchemaViolation.Step(member.Name)))
                .FirstOrDefault(found => found is not null),
            _ => null,
        };
    }

    // The same bytes in memory.
    private bool IsSame(JsonElement other)
    {
        var mine = JsonMarshal.GetRawUtf8Value(value);
        var theirs = JsonMarshal.GetRawUtf8Value(other);
        return mine.Length == theirs.Length && Unsafe.AreSame(ref MemoryMarshal.GetReference(mine), ref MemoryMarshal.GetReference(theirs));
    }
}
