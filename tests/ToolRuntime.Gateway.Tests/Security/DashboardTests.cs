using System.Net;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>Orleans' dashboard, which knows no access of its own.</summary>
public sealed class DashboardTests
{
    private static readonly TestKey Ann = new("ann1", "acme", "ann");
    private static readonly TestKey Olga = new("ops1", "ops", "olga") { Scopes = ["cluster:read"] };

    [Fact]
    public async Task Dashboard_On_IsForKeysThatMaySeeTheClusterOnly()
    {
        await using var server = await TenantServer.StartAsync([("Dashboard:Enabled", true), .. TestKey.Settings(Ann, Olga)]);
        var routes = server.EveryRoute("/orleans").Where(route => !route.Contains('{', StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 3, string.Join(' ', routes));

        using var nobody = server.Http(null);
        using var ann = server.Http(Ann);
        using var olga = server.Http(Olga);

        Assert.All(await StatusesAsync(nobody, routes), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.All(await StatusesAsync(ann, routes), status => Assert.Equal(HttpStatusCode.Forbidden, status));
        using var page = await olga.GetAsync(new Uri("/orleans/", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.All(await StatusesAsync(olga, ["GET /orleans/GrainState", "GET /orleans/Trace"]), status => Assert.Equal(HttpStatusCode.NotFound, status));
        await WireAssert.EventuallyAsync(async () => (await olga.GetStringAsync(new Uri("/orleans/DashboardCounters", UriKind.Relative))).Contains("\"siloName\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dashboard_SignedInByThePage_IsShown()
    {
        await using var server = await TenantServer.StartAsync([("Dashboard:Enabled", true), .. TestKey.Settings(Ann, Olga)]);

        Assert.Equal(HttpStatusCode.OK, await SignedInAsync(server, Olga));
        Assert.Equal(HttpStatusCode.Forbidden, await SignedInAsync(server, Ann));
    }

    [Fact]
    public async Task Dashboard_Off_IsNotThere()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Olga));

        Assert.Empty(server.EveryRoute("/orleans"));
    }

    private static async Task<HttpStatusCode> SignedInAsync(TenantServer server, TestKey key)
    {
        using var http = server.Http(null);
        using var login = HttpCaller.Post("/v1/login", $"{{\"key\":\"{key.Token}\"}}");
        using var welcome = await http.SendAsync(login);
        var cookie = welcome.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orleans/DashboardCounters");
        request.Headers.Add("Cookie", cookie);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<List<HttpStatusCode>> StatusesAsync(HttpClient http, IEnumerable<string> routes)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var route in routes)
        {
            using var request = new HttpRequestMessage(new(route.Split(' ')[0]), route.Split(' ')[1]);
            using var response = await http.SendAsync(request);
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }
}
