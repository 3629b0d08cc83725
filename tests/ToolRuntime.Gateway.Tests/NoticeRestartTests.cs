using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests;

public class NoticeRestartTests
{
    [Fact]
    public async Task Notices_AfterARestart_AreThereAndWhatWasDismissedIsNot()
    {
        var folder = Directory.CreateTempSubdirectory("notices-");
        try
        {
            string dismissed;
            await using (var first = await RealWorld.StartAsync(folder.FullName))
            {
                dismissed = await PostAsync(first, "dismissed");
                await PostAsync(first, "kept");
                using var http = first.Http();
                using var response = await http.DeleteAsync(new Uri($"/v1/notices/{dismissed}", UriKind.Relative));
                response.EnsureSuccessStatusCode();
            }

            await using var second = await RealWorld.StartAsync(folder.FullName);
            using var again = second.Http();
            var notices = (await again.GetFromJsonAsync<JsonElement>(new Uri("/v1/notices", UriKind.Relative))).GetProperty("notices");
            Assert.Equal("kept", Assert.Single(notices.EnumerateArray()).GetProperty("text").GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> PostAsync(RealWorld world, string text)
    {
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/notices", $$"""{"to":{"user":"dev"},"text":"{{text}}"}""");
        using var response = await http.SendAsync(request);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("notice").GetProperty("id").GetString()!;
    }
}
