using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Sharing;

/// <summary>How long links live.</summary>
public sealed class ShareLifeTests
{
    [Fact]
    public async Task Link_AfterARestart_HoldsUntilItExpires()
    {
        var folder = Directory.CreateTempSubdirectory("shares-");
        try
        {
            var clock = new MovedClock();
            string path;
            await using (var first = await RealWorld.StartAsync(folder.FullName, clock))
            {
                using var http = first.Http();
                using (var run = await http.SendAsync(HttpCaller.Post("/v1/tools/execute", """{"tool":"shell","arguments":{"command":"echo hi"},"session":"s1"}"""))) Assert.True(run.IsSuccessStatusCode);
                using var made = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", """{"expiresInHours":2}"""));
                path = $"/v1/shared/{(await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()}";
            }

            await using var second = await RealWorld.StartAsync(folder.FullName, clock);
            using var later = second.Http();
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(later, path));

            clock.Advance(TimeSpan.FromMinutes(119));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(later, path));

            clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(later, path));
            Assert.Empty((await later.GetFromJsonAsync<JsonElement>("/v1/sessions/s1/shares")).GetProperty("shares").EnumerateArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
