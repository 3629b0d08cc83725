using System.Text.Json.Serialization;
using ToolRuntime.Events;

namespace ToolRuntime.Sessions;

/// <summary>JSON of what only the session's grain reads: notes in the log and snapshots. Never on the wire.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true, MaxDepth = WireJson.MaxDepth)]
[JsonSerializable(typeof(EntryNote))]
[JsonSerializable(typeof(SessionState))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
