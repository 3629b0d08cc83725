using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Calls the gateway and reads JSON.</summary>
internal static class HttpCaller
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(this World world, string path)
    {
        using var http = world.Http();
        var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(this World world, string path, string json, string? key = null, string type = "application/json")
    {
        using var http = world.Http();
        using var request = Post(path, json, key, type);
        var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static HttpRequestMessage Post(string path, string json, string? key = null, string type = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, type) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    public static void AssertError((HttpStatusCode Status, JsonElement Body) answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Body.GetProperty("error").GetProperty("code").GetString());
    }
}
