using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Connections;

/// <summary>Encodes what the server says besides events.</summary>
internal static class ServerFrames
{
    /// <summary>The version of the protocol, which is also the WebSocket subprotocol.</summary>
    public const string Protocol = "toolruntime.v1";

    public static ReadOnlyMemory<byte> Welcome(string connectionId, Identity identity, ConnectionOptions options, ImmutableArray<string> gateways) => Write("welcome", writer =>
    {
        writer.WriteString("connectionId", connectionId);
        writer.WriteString("tenant", identity.Tenant);
        writer.WriteString("subject", identity.Subject);
        writer.WriteStartArray("scopes");
        foreach (var scope in Scopes.NamesOf(identity.Scopes)) writer.WriteStringValue(scope);
        writer.WriteEndArray();
        writer.WriteString("protocol", Protocol);
        writer.WriteNumber("heartbeatMs", options.HeartbeatMs);
        writer.WriteStartObject("limits");
        writer.WriteNumber("commandBytes", options.MaxCommandBytes);
        writer.WriteNumber("readBytes", options.MaxReadBytes);
        writer.WriteNumber("eventFrameBytes", options.EventFrameBytes);
        writer.WriteNumber("unanswered", options.MaxUnanswered);
        writer.WriteNumber("sessions", options.MaxSessions);
        writer.WriteNumber("invalidFramesPerMinute", options.MaxInvalidFrames);
        writer.WriteNumber("silenceMs", options.SilenceMs);
        WriteLimit(writer, "commandsPerSecond", identity.Limits.CommandsPerSecond);
        WriteLimit(writer, "commandBurst", identity.Limits.CommandBurst);
        WriteLimit(writer, "connections", identity.Limits.Connections);
        WriteLimit(writer, "openSessions", identity.Limits.OpenSessions);
        WriteLimit(writer, "executions", identity.Limits.Executions);
        WriteLimit(writer, "ownerBytes", identity.Limits.OwnerBytes);
        WriteLimit(writer, "tenantBytes", identity.Limits.TenantBytes);
        writer.WriteEndObject();
        if (!gateways.IsEmpty) WriteGateways(writer, gateways);
    });

    public static ReadOnlyMemory<byte> Ack(string id, JsonText result) => Write("ack", writer =>
    {
        writer.WriteString("id", id);
        writer.WritePropertyName("result");
        writer.WriteRawValue(result.ToString(), skipInputValidation: true);
    });

    public static ReadOnlyMemory<byte> Ack(string id, Action<Utf8JsonWriter> members) => Write("ack", writer =>
    {
        writer.WriteString("id", id);
        writer.WriteStartObject("result");
        members(writer);
        writer.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Error(string? id, Rejection rejection) => Write("error", writer =>
    {
        if (id is not null) writer.WriteString("id", id);
        writer.WritePropertyName("error");
        JsonSerializer.Serialize(writer, rejection, WireJsonContext.Default.Rejection);
    });

    public static ReadOnlyMemory<byte> Typing(string session, string from, bool active) => Write("signal", writer =>
    {
        writer.WriteString("session", session);
        writer.WriteString("kind", "typing");
        writer.WriteString("from", from);
        writer.WriteBoolean("active", active);
    });

    public static ReadOnlyMemory<byte> Deleted(string session, string from) => Write("signal", writer =>
    {
        writer.WriteString("session", session);
        writer.WriteString("kind", "deleted");
        writer.WriteString("from", from);
    });

    public static ReadOnlyMemory<byte> Head(IEnumerable<(string Session, string Epoch, long Seq)> sessions) => Write("head", writer =>
    {
        writer.WriteStartObject("sessions");
        foreach (var (session, epoch, seq) in sessions)
        {
            writer.WriteStartObject(session);
            writer.WriteString("epoch", epoch);
            writer.WriteNumber("seq", seq);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    /// <summary>The gateways that there are, where they are others than before; it says nothing of sessions.</summary>
    public static ReadOnlyMemory<byte> Gateways(ImmutableArray<string> gateways) => Write("head", writer =>
    {
        writer.WriteStartObject("sessions");
        writer.WriteEndObject();
        WriteGateways(writer, gateways);
    });

    /// <summary>Who has a session open, as a signal from the one who came or left.</summary>
    public static ReadOnlyMemory<byte> Presence(string session, string from, IEnumerable<string> subjects) => Write("signal", writer =>
    {
        writer.WriteString("session", session);
        writer.WriteString("kind", "presence");
        writer.WriteString("from", from);
        writer.WriteStartArray("subjects");
        foreach (var subject in subjects) writer.WriteStringValue(subject);
        writer.WriteEndArray();
    });

    public static ReadOnlyMemory<byte> Closing(string reason, int reconnectAfterMs) => Write("closing", writer =>
    {
        writer.WriteString("reason", reason);
        writer.WriteNumber("reconnectAfterMs", reconnectAfterMs);
    });

    private static void WriteGateways(Utf8JsonWriter writer, ImmutableArray<string> gateways)
    {
        writer.WriteStartArray("gateways");
        foreach (var gateway in gateways) writer.WriteStringValue(gateway);
        writer.WriteEndArray();
    }

    private static void WriteLimit(Utf8JsonWriter writer, string name, long limit)
    {
        if (limit > 0) writer.WriteNumber(name, limit);
    }

    /// <summary>A frame of a type.</summary>
    public static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
