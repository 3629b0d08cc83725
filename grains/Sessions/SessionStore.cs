using System.Text.Json.Serialization;

namespace ToolRuntime.Sessions;

/// <summary>A session's state at one seq of one epoch; bounds the replay at activation. The log is the truth.</summary>
[GenerateSerializer, Alias("toolruntime.SessionStore")]
internal sealed class SessionStore
{
    /// <summary>The grain storage's name.</summary>
    public const string Name = SessionStreams.GrainStorage;

    [Id(0)] public string Epoch { get; set; } = "";
    [Id(1)] public long Seq { get; set; }

    /// <summary>JSON.</summary>
    [Id(2), JsonConverter(typeof(JsonBytesConverter))] public byte[] State { get; set; } = [];
}
