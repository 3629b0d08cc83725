using System.ClientModel;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ToolRuntime.Gateway.Tests.Fakes;
using ChatFinishReason = OpenAI.Chat.ChatFinishReason;

namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>Chat Completions by OpenAI's own .NET client, unmodified.</summary>
public sealed class ChatCompletionsTests : IAsyncLifetime
{
    private StockWorld world = null!;

    public async Task InitializeAsync() => world = await StockWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Complete_Text_IsTheReplyWithWhatItCost()
    {
        world.Model.Answer = _ => ["Hello, ", "Ann.", new UsageContent(new() { InputTokenCount = 7, OutputTokenCount = 3 })];

        ChatCompletion completion = await Chat().CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("Hi")]);

        Assert.Equal(("Hello, Ann.", ChatFinishReason.Stop, ScriptedModel.Name), (completion.Content.Single().Text, completion.FinishReason, completion.Model));
        Assert.Equal((7, 3, 10), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount));
        Assert.StartsWith("chatcmpl-", completion.Id, StringComparison.Ordinal);
        Assert.Equal(["system: Be brief.", "user: Hi"], world.Model.Prompts.Single().Select(message => $"{message.Role}: {message.Text}"));
    }

    [Fact]
    public async Task Stream_Text_ComesBeforeTheModelHasEnded()
    {
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two", new UsageContent(new() { InputTokenCount = 1, OutputTokenCount = 2 })];
        var (text, reason, usage) = ("", default(ChatFinishReason?), default(ChatTokenUsage));

        await foreach (var update in Chat().CompleteChatStreamingAsync([new UserChatMessage("Count")]))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            if (text == "one ") world.Model.Release(); // it has not said more before
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(("one two", ChatFinishReason.Stop), (text, reason));
        Assert.Equal(2, usage?.OutputTokenCount);
    }

    [Fact]
    public async Task Complete_Tools_RunInTheSessionAndTheTextSaysWhatTheyDid()
    {
        ChatCompletion completion = await Chat("directive").CompleteChatAsync([new UserChatMessage("/shell echo from the tool\n/shell exit 3")], In("tools"));

        Assert.Empty(completion.ToolCalls);
        Assert.Contains("`shell` completed", completion.Content.Single().Text, StringComparison.Ordinal);
        Assert.Contains("exit_code", completion.Content.Single().Text, StringComparison.Ordinal);
        var executions = (await world.ViewAsync("tools")).GetProperty("executions").EnumerateObject().Select(execution => execution.Value).OrderBy(execution => execution.GetProperty("index").GetInt32()).ToList();
        Assert.Equal(["completed", "failed"], executions.Select(execution => execution.GetProperty("state").GetString()));
        Assert.Equal("from the tool\n", executions[0].GetProperty("output").GetProperty("stdout").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Stream_ToolThatAwaitsApproval_GoesOnWhenSomebodyApproves()
    {
        await world.CommandAsync("asks", new { type = "session.configure", parameters = new { approvalRequired = (string[])["shell"] } });
        var streamed = TextAsync(Chat("directive").CompleteChatStreamingAsync([new UserChatMessage("/shell echo hi")], In("asks")));

        await world.UntilAsync("asks", view => StockWorld.Awaiting(view) is not null);
        Assert.False(streamed.IsCompleted);
        await world.CommandAsync("asks", new { type = "tool.approve", executionId = StockWorld.Awaiting(await world.ViewAsync("asks")) });

        Assert.Contains("1 tool completed", await streamed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_SameSession_GoesOnThereAndWhatIsSentAlongCountsOnce()
    {
        await Chat().CompleteChatAsync([new UserChatMessage("first")], In("talk"));
        await Chat().CompleteChatAsync([new UserChatMessage("first"), new AssistantChatMessage("ok"), new UserChatMessage("second")], In("talk"));

        Assert.Equal(["user: first", "assistant: ok", "user: second"], world.Model.Prompts[1].Select(message => $"{message.Role}: {message.Text}"));
    }

    [Fact]
    public async Task Complete_ConversationWithoutASession_IsToldToTheModel()
    {
        await Chat().CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("first"), new AssistantChatMessage("yes"), new UserChatMessage("second")]);

        Assert.Equal(
            ["system: Be brief.\n\nThe conversation so far:\n\nuser: first\n\nassistant: yes", "user: second"], world.Model.Prompts.Single().Select(message => $"{message.Role}: {message.Text}"));
    }

    [Fact]
    public async Task Stream_ClientLeaves_TheReplyGoesOn()
    {
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two"];

        await foreach (var update in Chat().CompleteChatStreamingAsync([new UserChatMessage("Count")], In("left")))
        {
            if (update.ContentUpdate.Any(part => part.Text.Length > 0)) break;
        }

        Assert.Equal("active", StockWorld.ReplyOf(await world.ViewAsync("left")).State);
        world.Model.Release();
        await world.UntilAsync("left", view => StockWorld.ReplyOf(view) is (_, "completed", "one two"));
    }

    [Fact]
    public async Task Complete_CancelledInMidAnswer_IsAnError()
    {
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two"];
        var asked = Chat().CompleteChatAsync([new UserChatMessage("Count")], In("stopped"));

        await world.CancelAsync("stopped", "one ");

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => asked);
        Assert.Equal((409, "cancelled"), (refused.Status, ErrorOf(refused).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Complete_ModelFails_IsAnError()
    {
        world.Model.Answer = _ => [new ModelFailure()];

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync([new UserChatMessage("Hi")]));

        Assert.Equal(("model_failed", "server_error"), (ErrorOf(refused).GetProperty("code").GetString(), ErrorOf(refused).GetProperty("type").GetString()));
        Assert.Equal(500, refused.Status);
        Assert.Equal("false", refused.GetRawResponse()!.Headers.TryGetValue("x-should-retry", out var retry) ? retry : null);
    }

    [Theory]
    [InlineData("one two", "one two", true)]
    [InlineData("other", "one ", false)]
    public async Task Stream_ModelAskedAgain_GoesOnWhereItsTextDoesAndFailsElse(string again, string text, bool ends)
    {
        world.Model.Answer = _ => world.Model.Prompts.Count == 1 ? ["one ", new IOException("The line is cut.")] : [again];
        using var request = Http.HttpCaller.Post("/openai/v1/chat/completions", """{"model":"scripted","stream":true,"messages":[{"role":"user","content":"hi"}]}""");
        using var answer = await world.Http.SendAsync(request);

        var data = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).ToList();
        var objects = data.Where(line => line != "[DONE]").Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(text, string.Concat(objects.Where(chunk => chunk.TryGetProperty("choices", out _)).Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "")));
        Assert.Equal(ends, data[^1] == "[DONE]");
        Assert.Equal(ends, !objects[^1].TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Complete_WrongKey_Is401InTheirShape()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => world.Client("wrong").GetChatClient(ScriptedModel.Name).CompleteChatAsync([new UserChatMessage("Hi")]));

        var error = ErrorOf(refused);
        Assert.Equal((401, "unauthenticated", "authentication_error"), (refused.Status, error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("""{"model":"none","messages":[{"role":"user","content":"hi"}]}""", 404, "not_found", null)]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"}],"n":2}""", 400, "invalid_command", "n")]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"}],"stop":["x"]}""", 400, "invalid_command", "stop")]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"}],"temperature":3}""", 400, "invalid_command", null)]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""", 400, "invalid_command", "messages")]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho"}]}""", 400, "invalid_command", "messages")]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"mine"}}]}""", 404, "not_found", null)]
    [InlineData("""{"model":"scripted","messages":[{"role":"user","content":"hi"}],"metadata":{"session":"no/good"}}""", 400, "invalid_command", "metadata")]
    [InlineData("nonsense", 400, "invalid_command", null)]
    public async Task Complete_WhatCantBe_IsRefusedAndRunsNothing(string body, int status, string code, string? param)
    {
        using var request = Http.HttpCaller.Post("/openai/v1/chat/completions", body);
        using var answer = await world.Http.SendAsync(request);

        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((status, code, param), ((int)answer.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Empty(world.Model.Prompts);
    }

    [Fact]
    public async Task Complete_TooLarge_IsRefused()
    {
        var body = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync([new UserChatMessage(new string('x', 300_000))]));
        var conversation = await Assert.ThrowsAsync<ClientResultException>(() => Chat().CompleteChatAsync([new UserChatMessage(new string('x', 70_000)), new AssistantChatMessage("y"), new UserChatMessage("z")]));

        Assert.Equal((413, "too_large"), (body.Status, ErrorOf(body).GetProperty("code").GetString()));
        Assert.Equal((413, "messages"), (conversation.Status, ErrorOf(conversation).GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Complete_SameIdempotencyKey_RunsOnce()
    {
        const string body = """{"model":"scripted","messages":[{"role":"user","content":"hi"}]}""";
        using var first = await world.Http.SendAsync(Http.HttpCaller.Post("/openai/v1/chat/completions", body, "k1"));
        using var again = await world.Http.SendAsync(Http.HttpCaller.Post("/openai/v1/chat/completions", body, "k1"));

        Assert.Equal(await IdAsync(first), await IdAsync(again));
        Assert.Equal(first.Headers.GetValues("X-ToolRuntime-Session"), again.Headers.GetValues("X-ToolRuntime-Session"));
        Assert.Single(world.Model.Prompts);
    }

    [Fact]
    public async Task Models_Listed_AreTheServersAndOneCanBeAskedFor()
    {
        var models = world.Client().GetOpenAIModelClient();

        OpenAI.Models.OpenAIModelCollection all = await models.GetModelsAsync();
        OpenAI.Models.OpenAIModel one = await models.GetModelAsync(ScriptedModel.Name);

        Assert.Superset(new HashSet<string> { "directive", ScriptedModel.Name }, all.Select(model => model.Id).ToHashSet());
        Assert.Equal(ScriptedModel.Name, one.Id);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("none"))).Status);
    }

    [Fact]
    public async Task ExtensionsAI_Stream_IsTheReply()
    {
        world.Model.Answer = _ => ["Hello."];

        var text = "";
        await foreach (var update in Chat().AsIChatClient().GetStreamingResponseAsync("Hi", new() { Temperature = 0.5f, MaxOutputTokens = 100 })) text += update.Text;

        Assert.Equal("Hello.", text);
    }

    [Fact]
    public async Task Other_Address_IsNotFoundInTheirShape()
    {
        using var answer = await world.Http.PostAsJsonAsync("/openai/v1/embeddings", new { });

        Assert.Equal((404, "invalid_request_error"), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString()));
    }

    private static ChatCompletionOptions In(string session) => new() { Metadata = { ["session"] = session } };

    private static JsonElement ErrorOf(ClientResultException refused) => JsonElement.Parse(refused.GetRawResponse()!.Content.ToString()).GetProperty("error");

    private static async Task<string?> IdAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

    private static async Task<string> TextAsync(AsyncCollectionResult<StreamingChatCompletionUpdate> updates)
    {
        var text = "";
        await foreach (var update in updates) text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        return text;
    }

    private ChatClient Chat(string model = ScriptedModel.Name) => world.Client().GetChatClient(model);

    private sealed class ModelFailure() : Exception("The script says so.");
}
