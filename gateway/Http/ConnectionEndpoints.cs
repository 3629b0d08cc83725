using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/connections?tenant=&amp;session=&amp;limit=</c>: who is connected to the gateways, of all tenants.</summary>
internal sealed class ConnectionEndpoints(OpenConnections own, PeerConnections? peers = null)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const int MaxSessions = 100;

    public async Task ListAsync(HttpContext context)
    {
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit))
        {
            await HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
            return;
        }

        var query = new ConnectionQuery(context.Request.Query["tenant"].FirstOrDefault(), context.Request.Query["session"].FirstOrDefault(), limit);
        var others = peers is null ? PeerAnswers.None : await peers.AskAsync(query, context.RequestAborted);
        List<OpenConnectionList> lists = [own.List(query), .. others.Lists];
        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("gateway", own.Gateway);
            if (peers is not null) writer.WriteNumber("gateways", lists.Count);
            if (others.Silent > 0) writer.WriteNumber("silent", others.Silent);
            writer.WriteNumber("total", lists.Sum(list => list.Total));
            writer.WriteStartArray("connections");
            foreach (var one in lists.SelectMany(list => list.Connections).Order(OpenConnection.InOrder).Take(limit)) Write(writer, one);
            writer.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter writer, OpenConnection one)
    {
        writer.WriteStartObject();
        writer.WriteString("connectionId", one.Id);
        writer.WriteString("gateway", one.Gateway);
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
