using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Jobs on the whole server: their list, their start and their webhooks.</summary>
public sealed class JobListTests
{
    private const string Key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly (string, object) Secret = ("Webhooks:Secrets:default", $"whsec_{Key}");

    [Fact]
    public async Task Webhook_ReceiverFailsAndServerIsRestarted_IsToldInTheEnd()
    {
        var data = Directory.CreateTempSubdirectory("jobs-").FullName;
        await using var receiver = await WebhookReceiver.StartAsync();
        (string, object)[] settings = [Secret, ("Webhooks:AllowedHosts:0", "127.0.0.1"), ("Webhooks:FirstWait", "00:00:00.5")];
        receiver.Status = 503;
        string id;
        WebhookReceiver.Received first;
        await using (var world = await RealWorld.StartAsync(data, settings: settings))
        {
            id = await StartAsync(world, $"\"webhook\":{{\"url\":\"{receiver.Url}\"}}");
            first = await receiver.NextAsync();
            await UntilAsync(world, $"/v1/jobs/{id}", job => job.TryGetProperty("webhook", out var hook) && hook.TryGetProperty("lastStatus", out _));
        }

        receiver.Status = 204;
        await using (var world = await RealWorld.StartAsync(data, settings: settings))
        {
            var job = await UntilAsync(world, $"/v1/jobs/{id}", job => job.GetProperty("webhook").GetProperty("state").GetString() == "delivered");
            Assert.True(job.GetProperty("webhook").GetProperty("attempts").GetInt32() >= 2);
            var listed = (await GetAsync(world, "/v1/jobs?state=completed&tool=computer")).GetProperty("jobs")[0];
            Assert.Equal((id, "completed", true), (listed.GetProperty("jobId").GetString(), listed.GetProperty("state").GetString(), listed.GetProperty("webhook").GetBoolean()));
            Assert.True(listed.GetProperty("ranMs").GetInt64() >= 0);
        }

        var last = first;
        while (!receiver.IsSilent) last = await receiver.NextAsync();
        Assert.Equal((first.Headers["webhook-id"], first.Body), (last.Headers["webhook-id"], last.Body));
        Assert.Equal(Sign(last), last.Headers["webhook-signature"]);
        Assert.Equal(("job.completed", id), (JsonElement.Parse(last.Body).GetProperty("type").GetString(), JsonElement.Parse(last.Body).GetProperty("data").GetProperty("jobId").GetString()));
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Webhook_ToAnAddressOfThisMachine_IsGivenUpAndNeverSent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await RealWorld.StartAsync(settings: [Secret]);

        var id = await StartAsync(world, $"\"webhook\":{{\"url\":\"{receiver.Url}\"}}");
        var job = await UntilAsync(world, $"/v1/jobs/{id}", job => job.TryGetProperty("webhook", out var hook) && hook.GetProperty("state").GetString() == "given_up");

        Assert.Equal(1, job.GetProperty("webhook").GetProperty("attempts").GetInt32());
        Assert.True(receiver.IsSilent);
    }

    [Fact]
    public async Task Delayed_UntilItIsCancelled_IsScheduled()
    {
        await using var world = await RealWorld.StartAsync();
        var id = await StartAsync(world, "\"delayMs\":3600000,\"priority\":\"low\"");

        var listed = await UntilAsync(world, "/v1/jobs?state=scheduled", list => list.GetProperty("jobs").GetArrayLength() == 1);
        var job = listed.GetProperty("jobs")[0];
        Assert.Equal((id, "low"), (job.GetProperty("jobId").GetString(), job.GetProperty("priority").GetString()));
        Assert.Equal(TimeSpan.FromHours(1), job.GetProperty("notBefore").GetDateTimeOffset() - job.GetProperty("createdAt").GetDateTimeOffset());
        using var http = world.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(new Uri($"/v1/jobs/{id}/cancel", UriKind.Relative), null)).StatusCode);

        await UntilAsync(world, "/v1/jobs?state=cancelled,failed", list => list.GetProperty("jobs").GetArrayLength() == 1);
        Assert.Equal(0, (await GetAsync(world, "/v1/jobs?state=scheduled")).GetProperty("jobs").GetArrayLength());
    }

    [Fact]
    public async Task List_InPages_HasEachJobOnceNewestFirst()
    {
        await using var world = await RealWorld.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await StartAsync(world, "\"delayMs\":3600000"));
        await UntilAsync(world, "/v1/jobs", list => list.GetProperty("jobs").GetArrayLength() == 5);

        var (seen, next) = (new List<string>(), "");
        do
        {
            var page = await GetAsync(world, $"/v1/jobs?limit=2{next}");
            seen.AddRange(page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("jobId").GetString()!));
            next = page.TryGetProperty("next", out var after) ? $"&after={after.GetString()}" : null;
        }
        while (next is not null);

        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal(ids[0], seen[0]);
    }

    [Theory]
    [InlineData("\"delayMs\":-1")]
    [InlineData("\"startAt\":\"tomorrow\"")]
    [InlineData("\"priority\":\"highest\"")]
    [InlineData("\"webhook\":{}")]
    [InlineData("\"webhook\":{\"url\":\"https://example.org/\"}")]
    [InlineData("\"delayMs\":5,\"mode\":\"sync\"")]
    public async Task Execute_WhatAJobCannotBe_IsRefused(string fields)
    {
        await using var world = await RealWorld.StartAsync();

        var (status, body) = await PostAsync(world, fields);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_command"), (status, body.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("state=finished")]
    [InlineData("after=nowhere")]
    [InlineData("limit=0")]
    public async Task List_AskedWrongly_IsRefused(string query)
    {
        await using var world = await RealWorld.StartAsync();
        using var http = world.Http();

        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync(new Uri($"/v1/jobs?{query}", UriKind.Relative))).StatusCode);
    }

    private static string Sign(WebhookReceiver.Received message)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Headers["webhook-id"]}.{message.Headers["webhook-timestamp"]}.{message.Body}"));
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), signed))}";
    }

    private static async Task<string> StartAsync(RealWorld world, string fields)
    {
        var (status, body) = await PostAsync(world, fields);
        Assert.Equal(HttpStatusCode.Accepted, status);
        return body.GetProperty("jobId").GetString()!;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(RealWorld world, string fields)
    {
        using var http = world.Http();
        var mode = fields.Contains("mode", StringComparison.Ordinal) ? "" : "\"mode\":\"async\",";
        using var content = new StringContent($"{{\"tool\":\"computer\",\"arguments\":{{}},{mode}{fields}}}", Encoding.UTF8, "application/json");
        var answer = await http.PostAsync(new Uri("/v1/tools/execute", UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task<JsonElement> GetAsync(RealWorld world, string path)
    {
        using var http = world.Http();
        return await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));
    }

    /// <summary>Asks again and again until it is so.</summary>
    private static async Task<JsonElement> UntilAsync(RealWorld world, string path, Func<JsonElement, bool> holds)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        while (true)
        {
            var answer = await GetAsync(world, path);
            if (holds(answer)) return answer;
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
