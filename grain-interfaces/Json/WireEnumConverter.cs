using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolRuntime;

/// <summary>Enums on the wire: snake case, never numbers.</summary>
public sealed class WireEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
