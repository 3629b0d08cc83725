using System.Globalization;
using System.Text.Json;
using ToolRuntime.Processes;

namespace ToolRuntime.Gateway.Processes;

/// <summary>Processes on the wire. A member that is missing could not be known, or is not so.</summary>
internal static class ProcessJson
{
    public static void Write(Utf8JsonWriter writer, ProcessId id, string host, ProcessInfo process, string tenant, bool mayRestart)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id.ToString());
        writer.WriteString("silo", id.Silo);
        writer.WriteString("host", host);
        writer.WriteNumber("pid", process.Pid);
        writer.WriteNumber("parent", process.Parent);
        writer.WriteString("name", process.Name);
        writer.WriteString("command", process.Command);
        writer.WriteString("user", process.User);
        writer.WriteString("startedAt", process.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(process.State.ToString()));
        if (process.CpuPercent is { } share) writer.WriteNumber("cpuPercent", share);
        writer.WriteNumber("cpuMs", process.CpuMs);
        writer.WriteNumber("memoryBytes", process.MemoryBytes);
        writer.WriteNumber("threads", process.Threads);
        if (process.OpenFiles is { } files) writer.WriteNumber("openFiles", files);
        if (process.ReadBytes is { } read) writer.WriteNumber("readBytes", read);
        if (process.WrittenBytes is { } written) writer.WriteNumber("writtenBytes", written);
        if (process.WaitsForInput is { } waits) writer.WriteBoolean("waitsForInput", waits);
        writer.WriteStartArray("ports");
        foreach (var port in process.Ports) writer.WriteNumberValue(port);
        writer.WriteEndArray();
        if (process.IsServer) writer.WriteBoolean("server", true);
        if (process.Owner is { } owner) Write(writer, owner, tenant);
        if (mayRestart) writer.WriteBoolean("mayRestart", true);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ProcessOwner owner, string tenant)
    {
        if (owner.Tenant != tenant) writer.WriteString("tenant", owner.Tenant);
        writer.WriteString("session", owner.Session);
        if (owner.MessageId is not null) writer.WriteString("messageId", owner.MessageId);
        writer.WriteString("executionId", owner.ExecutionId);
        if (owner.CallId is not null) writer.WriteString("callId", owner.CallId);
        writer.WriteString("tool", owner.Tool);
        if (owner.Named is not null) writer.WriteString("named", owner.Named);
    }
}
