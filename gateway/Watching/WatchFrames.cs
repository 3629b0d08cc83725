using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Watching;

/// <summary>Frames of those who watch sessions.</summary>
internal static class WatchFrames
{
    /// <summary>Changes, and sessions that are gone or not the caller's any more.</summary>
    public static ReadOnlyMemory<byte> Changes(string cursor, IEnumerable<SessionNews> sessions, IReadOnlyCollection<string> gone) => ServerFrames.Write("sessions", writer =>
    {
        writer.WriteString("cursor", cursor);
        Write(writer, sessions);
        if (gone.Count == 0) return;
        writer.WriteStartArray("gone");
        foreach (var session in gone) writer.WriteStringValue(session);
        writer.WriteEndArray();
    });

    /// <summary>A page of a snapshot: the first resets what the client has, the last has the cursor.</summary>
    public static ReadOnlyMemory<byte> Page(IEnumerable<SessionNews> sessions, bool first, string? cursor, SessionNews? oldest) => ServerFrames.Write("sessions", writer =>
    {
        if (first) writer.WriteBoolean("reset", true);
        if (cursor is not null) writer.WriteString("cursor", cursor);
        else writer.WriteBoolean("more", true);
        if (oldest is not null) writer.WriteString("next", string.Create(CultureInfo.InvariantCulture, $"{oldest.UpdatedAt.ToUnixTimeMilliseconds()}:{oldest.Session}"));
        Write(writer, sessions);
    });

    private static void Write(Utf8JsonWriter writer, IEnumerable<SessionNews> sessions)
    {
        writer.WriteStartArray("sessions");
        foreach (var news in sessions)
        {
            writer.WriteStartObject();
            writer.WriteString("session", news.Session);
            writer.WriteString("owner", news.Owner);
            writer.WriteString("title", news.Title ?? "");
            writer.WriteString("updatedAt", news.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteNumber("lastSeq", news.Seq);
            writer.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(news.Work.State.ToString()));
            WriteCount(writer, "running", news.Work.Running);
            WriteCount(writer, "waiting", news.Work.Waiting);
            WriteCount(writer, "pending", news.Work.Pending);
            if (!news.Work.Executions.IsEmpty) WriteExecutions(writer, news.Work);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteExecutions(Utf8JsonWriter writer, SessionWork work)
    {
        writer.WriteStartArray("executions");
        foreach (var execution in work.Executions)
        {
            writer.WriteStartObject();
            writer.WriteString("executionId", execution.Id);
            writer.WriteString("name", execution.Tool);
            writer.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(execution.State.ToString()));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCount(Utf8JsonWriter writer, string name, int count)
    {
        if (count > 0) writer.WriteNumber(name, count);
    }
}
