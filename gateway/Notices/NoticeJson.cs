using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Notices;

namespace ToolRuntime.Gateway.Notices;

/// <summary>Notices as clients get them.</summary>
internal static class NoticeJson
{
    /// <summary>With what is left of its time, for clients whose clocks are wrong.</summary>
    public static ReadOnlyMemory<byte> Frame(Notice notice, string tenant, TimeSpan left) => ServerFrames.Write("notice", writer =>
    {
        writer.WriteNumber("ttlMs", (long)Math.Ceiling(left.TotalMilliseconds));
        writer.WritePropertyName("notice");
        Write(writer, notice, tenant);
    });

    public static ReadOnlyMemory<byte> Gone(IEnumerable<string> ids) => ServerFrames.Write("notices.gone", writer =>
    {
        writer.WriteStartArray("ids");
        foreach (var id in ids) writer.WriteStringValue(id);
        writer.WriteEndArray();
    });

    /// <summary>An object; who posted it is told within the author's tenant only.</summary>
    public static void Write(Utf8JsonWriter writer, Notice notice, string tenant)
    {
        writer.WriteStartObject();
        writer.WriteString("id", notice.Id);
        writer.WriteStartObject("to");
        if (notice.To.Kind == NoticeTargetKind.Everybody) writer.WriteBoolean("everybody", true);
        else writer.WriteString(NameOf(notice.To.Kind), notice.To.Name);
        writer.WriteEndObject();
        writer.WriteString("text", notice.Text);
        writer.WriteString("level", NameOf(notice.Level));
        if (notice.Tenant == tenant) writer.WriteString("from", notice.From);
        writer.WriteString("at", Time(notice.At));
        writer.WriteString("expiresAt", Time(notice.ExpiresAt));
        writer.WriteEndObject();
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
