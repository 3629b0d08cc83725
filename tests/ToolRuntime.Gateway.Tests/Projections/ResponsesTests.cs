using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Responses;
using ToolRuntime.Gateway.Tests.Fakes;

namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>Responses by OpenAI's own .NET client, unmodified.</summary>
public sealed class ResponsesTests : IAsyncLifetime
{
    private StockWorld world = null!;

    public async Task InitializeAsync() => world = await StockWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Create_Text_IsTheReplyAndCanBeGotAgain()
    {
        world.Model.Answer = _ => ["Hello, ", "Ann.", new UsageContent(new() { InputTokenCount = 7, OutputTokenCount = 3 })];
        var options = new CreateResponseOptions(ScriptedModel.Name, [ResponseItem.CreateUserMessageItem("Hi")]) { Instructions = "Be brief." };

        ResponseResult made = await Client.CreateResponseAsync(options);
        ResponseResult got = await Client.GetResponseAsync(made.Id);

        Assert.Equal(("Hello, Ann.", ResponseStatus.Completed, ScriptedModel.Name), (made.GetOutputText(), made.Status, made.Model));
        Assert.Equal((7, 3, 10), (made.Usage.InputTokenCount, made.Usage.OutputTokenCount, made.Usage.TotalTokenCount));
        Assert.Equal(Json(made), Json(got));
        Assert.Equal(["system: Be brief.", "user: Hi"], world.Model.Prompts.Single().Select(message => $"{message.Role}: {message.Text}"));
    }

    [Fact]
    public async Task Create_PreviousResponse_GoesOnInItsSession()
    {
        ResponseResult first = await Client.CreateResponseAsync(ScriptedModel.Name, "first");
        ResponseResult second = await Client.CreateResponseAsync(ScriptedModel.Name, "second", first.Id);

        Assert.Equal(first.Id, second.PreviousResponseId);
        Assert.Equal(first.Metadata["session"], second.Metadata["session"]);
        Assert.Equal(["user: first", "assistant: ok", "user: second"], world.Model.Prompts[1].Select(message => $"{message.Role}: {message.Text}"));
    }

    [Fact]
    public async Task Stream_Tools_AreItemsWithTheirOutput()
    {
        var options = Streamed("directive", "/shell echo hi; echo oops >&2; exit 3\n/code print(6*7)\n/file_write {\"path\":\"a.txt\",\"content\":\"a\"}");

        var updates = await ReadAsync(await Client.CreateResponseStreamingAsync(options));

        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(update => update.SequenceNumber));
        var whole = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response;
        var items = JsonElement.Parse(Json(whole)).GetProperty("output").EnumerateArray().ToLookup(item => item.GetProperty("type").GetString());
        Assert.Equal("echo hi; echo oops >&2; exit 3", items["shell_call"].Single().GetProperty("action").GetProperty("commands")[0].GetString());
        Assert.Equal("""[{"stdout":"hi\n","stderr":"oops\n","outcome":{"type":"exit","exit_code":3}}]""", items["shell_call_output"].Single().GetProperty("output").GetRawText());
        Assert.Equal(("completed", "42\n"), (items["code_interpreter_call"].Single().GetProperty("status").GetString(), items["code_interpreter_call"].Single().GetProperty("outputs")[0].GetProperty("logs").GetString()));
        Assert.Equal(("file_write", "completed"), (items["mcp_call"].Single().GetProperty("name").GetString(), items["mcp_call"].Single().GetProperty("status").GetString()));
        Assert.Contains("2 of 3 tools completed", whole.GetOutputText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_CutInTheMiddle_GoesOnWithoutAGapAfterARestart()
    {
        var folder = Directory.CreateTempSubdirectory("responses-").FullName;
        try
        {
            string id;
            List<string> whole, seen = [];
            await using (var first = await StockWorld.StartAsync(folder))
            {
                await foreach (var update in await first.Client().GetResponsesClient().CreateResponseStreamingAsync(Streamed("directive", "/shell echo one; echo two\n/computer")))
                {
                    seen.Add(Json(update));
                    if (seen.Count == 4) break;
                }

                id = JsonElement.Parse(seen[0]).GetProperty("response").GetProperty("id").GetString()!;
                whole = [.. (await ReadAsync(await first.Client().GetResponsesClient().GetResponseStreamingAsync(new GetResponseOptions(id) { StreamingEnabled = true }))).Select(Json)];
            }

            await using var second = await StockWorld.StartAsync(folder);
            var rest = await ReadAsync(await second.Client().GetResponsesClient().GetResponseStreamingAsync(new GetResponseOptions(id) { StreamingEnabled = true, StartingAfter = 3 }));

            Assert.Equal(4, rest[0].SequenceNumber);
            Assert.Equal(whole, [.. whole[..4], .. rest.Select(Json)]);
            Assert.Equal(seen.Select(KindOf), whole[..4].Select(KindOf));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Create_Background_IsAnsweredAtOnceAndPolled()
    {
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two"];

        ResponseResult made = await Client.CreateResponseAsync(new CreateResponseOptions(ScriptedModel.Name, [ResponseItem.CreateUserMessageItem("Count")]) { BackgroundModeEnabled = true });

        Assert.True(made.Status is { } status && (status == ResponseStatus.Queued || status == ResponseStatus.InProgress));
        Assert.True(made.BackgroundModeEnabled);
        world.Model.Release();
        await WireAssert.EventuallyAsync(async () => ((ResponseResult)await Client.GetResponseAsync(made.Id)).Status == ResponseStatus.Completed);
        Assert.Equal("one two", ((ResponseResult)await Client.GetResponseAsync(made.Id)).GetOutputText());
    }

    [Fact]
    public async Task Cancel_InMidAnswer_EndsTheReplyAndItsStream()
    {
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two"];
        var (id, kinds) = ("", new List<StreamingResponseUpdate>());

        await foreach (var update in await Client.CreateResponseStreamingAsync(Streamed(ScriptedModel.Name, "Count")))
        {
            kinds.Add(update);
            if (update is StreamingResponseCreatedUpdate created) id = created.Response.Id;
            if (update is not StreamingResponseOutputTextDeltaUpdate) continue;
            ResponseResult cancelled = await Client.CancelResponseAsync(id);
            Assert.Equal(ResponseStatus.Cancelled, cancelled.Status);
        }

        Assert.Equal(ResponseStatus.Cancelled, Assert.IsType<StreamingResponseIncompleteUpdate>(kinds[^1]).Response.Status);
        ResponseResult again = await Client.CancelResponseAsync(id);
        Assert.Equal((ResponseStatus.Cancelled, "one "), (again.Status, again.GetOutputText()));
    }

    [Theory]
    [InlineData(true, "1 tool completed")]
    [InlineData(false, "The tool did not complete")]
    public async Task Create_ToolThatAwaitsApproval_AsksAndTheAnswerGoesOn(bool approve, string text)
    {
        await world.CommandAsync("asks", new { type = "session.configure", parameters = new { approvalRequired = (string[])["file_write"] } });
        var options = new CreateResponseOptions("directive", [ResponseItem.CreateUserMessageItem("/file_write {\"path\":\"a.txt\",\"content\":\"a\"}")]) { Metadata = { ["session"] = "asks" } };

        ResponseResult asked = await Client.CreateResponseAsync(options);
        var request = Assert.IsType<McpToolCallApprovalRequestItem>(Assert.Single(asked.OutputItems));
        var answer = new CreateResponseOptions("directive", [ResponseItem.CreateMcpApprovalResponseItem(request.Id, approve)]) { PreviousResponseId = asked.Id };
        ResponseResult answered = await Client.CreateResponseAsync(answer);

        Assert.Equal((ResponseStatus.Completed, "file_write"), (asked.Status, request.ToolName));
        var call = answered.OutputItems.OfType<McpToolCallItem>().Single();
        Assert.Equal(approve, call.Error is null);
        Assert.Contains(text, answered.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(Json(asked), Json((ResponseResult)await Client.GetResponseAsync(asked.Id)));
    }

    [Fact]
    public async Task Create_ModelFails_IsAFailedResponse()
    {
        world.Model.Answer = _ => ["one ", new InvalidOperationException("The script says so.")];

        ResponseResult failed = await Client.CreateResponseAsync(ScriptedModel.Name, "Hi");

        Assert.Equal((ResponseStatus.Failed, "model_failed", "one "), (failed.Status, failed.Error.Code.ToString(), failed.GetOutputText()));
    }

    [Fact]
    public async Task Stream_ModelAskedAgain_BeginsAnotherItem()
    {
        world.Model.Answer = _ => world.Model.Prompts.Count == 1 ? ["one ", new IOException("The line is cut.")] : ["other"];

        var updates = await ReadAsync(await Client.CreateResponseStreamingAsync(Streamed(ScriptedModel.Name, "Hi")));

        var items = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response.OutputItems.Cast<MessageResponseItem>().ToList();
        Assert.Equal([(MessageStatus.Incomplete, "one "), (MessageStatus.Completed, "other")], items.Select(item => (item.Status!.Value, item.Content.Single().Text)));
    }

    [Fact]
    public async Task ExtensionsAI_Conversation_GoesOn()
    {
        using var chat = Client.AsIChatClient(ScriptedModel.Name);

        var first = await chat.GetResponseAsync("first");
        // Not as a stream: this version of the package and of the client that it is made for have parted there.
        var second = await chat.GetResponseAsync("second", new() { ConversationId = first.ConversationId });

        Assert.Equal(("ok", "ok"), (first.Text, second.Text));
        Assert.Equal(["user: first", "assistant: ok", "user: second"], world.Model.Prompts[1].Select(message => $"{message.Role}: {message.Text}"));
    }

    [Theory]
    [InlineData("""{"model":"none","input":"hi"}""", 404, "not_found", null)]
    [InlineData("""{"model":"scripted"}""", 400, "invalid_command", "input")]
    [InlineData("""{"model":"scripted","input":[{"type":"function_call_output","call_id":"x","output":"y"}]}""", 400, "invalid_command", "input")]
    [InlineData("""{"model":"scripted","input":"hi","previous_response_id":"resp_none"}""", 404, "not_found", "previous_response_id")]
    [InlineData("""{"model":"scripted","input":"hi","text":{"format":{"type":"json_object"}}}""", 400, "invalid_command", "text")]
    [InlineData("""{"model":"scripted","input":[{"type":"mcp_approval_response","approval_request_id":"mcpr_x","approve":true}]}""", 400, "invalid_command", "input")]
    [InlineData("""{"model":"scripted","input":"hi","reasoning":{"effort":"silly"}}""", 400, "invalid_command", "reasoning.effort")]
    [InlineData("""{"model":"scripted","input":"hi","tools":[{"type":"web_search"}]}""", 400, "invalid_command", "tools")]
    public async Task Create_WhatCantBe_IsRefusedAndRunsNothing(string body, int status, string code, string? param)
    {
        using var request = Http.HttpCaller.Post("/openai/v1/responses", body);
        using var answer = await world.Http.SendAsync(request);

        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((status, code, param), ((int)answer.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Empty(world.Model.Prompts);
    }

    [Fact]
    public async Task Refusals_KeySizeAndWhatIsGone_AreInTheirShape()
    {
        ResponseResult made = await Client.CreateResponseAsync(ScriptedModel.Name, "Hi");
        var key = await Assert.ThrowsAsync<ClientResultException>(() => world.Client("wrong").GetResponsesClient().GetResponseAsync(made.Id));
        var size = await Assert.ThrowsAsync<ClientResultException>(() => Client.CreateResponseAsync(ScriptedModel.Name, new string('x', 300_000)));
        var answer = await Assert.ThrowsAsync<ClientResultException>(() => Client.CreateResponseAsync(new CreateResponseOptions(ScriptedModel.Name, [ResponseItem.CreateMcpApprovalResponseItem("mcpr_x", true)]) { PreviousResponseId = made.Id }));
        await world.CommandAsync(made.Metadata["session"], new { type = "session.delete" });
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetResponseAsync(made.Id));

        Assert.Equal([401, 413, 409, 404], ((ClientResultException[])[key, size, answer, gone]).Select(refused => refused.Status));
    }

    private ResponsesClient Client => world.Client().GetResponsesClient();

    private static CreateResponseOptions Streamed(string model, string text) => new(model, [ResponseItem.CreateUserMessageItem(text)]) { StreamingEnabled = true };

    private static string Json<T>(T model)
        where T : IPersistableModel<T> => ModelReaderWriter.Write(model).ToString();

    private static string? KindOf(string update) => JsonElement.Parse(update).GetProperty("type").GetString();

    private static async Task<List<StreamingResponseUpdate>> ReadAsync(AsyncStreamingResult<StreamingResponseUpdate> updates)
    {
        var all = new List<StreamingResponseUpdate>();
        await foreach (var update in updates) all.Add(update);
        return all;
    }
}
