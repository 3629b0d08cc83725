using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/connections?tenant=&amp;session=&amp;limit=</c>: who is connected to this gateway, of all tenants.</summary>
internal sealed class ConnectionEndpoints(OpenConnections connections)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const int MaxSessions = 100;

    public Task ListAsync(HttpContext context)
    {
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit)) return HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
        var (tenant, session) = (context.Request.Query["tenant"].FirstOrDefault(), context.Request.Query["session"].FirstOrDefault());
        var wanted = connections.List().Where(one => (tenant is null || one.Tenant == tenant) && (session is null || one.Sessions.Contains(session))).ToList();
        return HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("gateway", connections.Gateway);
            writer.WriteNumber("total", wanted.Count);
            writer.WriteStartArray("connections");
            foreach (var one in wanted.Take(limit)) Write(writer, one);
            writer.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter writer, OpenConnection one)
    {
        writer.WriteStartObject();
        writer.WriteString("connectionId", one.Id);
        writer.WriteString("transport", one.Transport);
        writer.WriteString("tenant", one.Tenant);
        writer.WriteString("subject", one.Subject);
        if (one.KeyId is not null) writer.WriteString("key", one.KeyId);
        writer.WriteString("since", one.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteStartArray("sessions");
        foreach (var name in one.Sessions.Take(MaxSessions)) writer.WriteStringValue(name);
        writer.WriteEndArray();
        if (one.Sessions.Count > MaxSessions) writer.WriteNumber("moreSessions", one.Sessions.Count - MaxSessions);
        writer.WriteEndObject();
    }
}
