using System.Collections.Concurrent;
using System.Text.Json;
using StackExchange.Redis;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Streams.Redis;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>Asks the other gateways who is connected to them, and answers when they ask. Nobody keeps such a list: it is made when somebody looks.</summary>
internal sealed partial class PeerConnections(ClusterConnection cluster, GatewayPeers peers, OpenConnections own, TimeProvider time, ILogger<PeerConnections> logger) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PeerQuestion> asked = new();
    private readonly RedisChannel questions = RedisChannel.Literal($"{cluster.Options.Id}:connections");
    private readonly RedisChannel answers = RedisChannel.Literal($"{cluster.Options.Id}:connections:{Guid.NewGuid():N}");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var subscriber = cluster.Redis.GetSubscriber();
        (await subscriber.SubscribeAsync(questions)).OnMessage(message => AnswerAsync(message.Message));
        (await subscriber.SubscribeAsync(answers)).OnMessage(message => Take(message.Message));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the others say; who does not answer in time is counted.</summary>
    public async Task<PeerAnswers> AskAsync(ConnectionQuery query, CancellationToken cancellationToken)
    {
        var question = new PeerQuestion(Guid.NewGuid().ToString("N"), answers.ToString(), own.Gateway, query);
        asked[question.Id] = question;
        var others = Math.Max(0, peers.Urls.Length - 1);
        try
        {
            var receivers = await cluster.Redis.GetSubscriber().PublishAsync(questions, JsonSerializer.SerializeToUtf8Bytes(question, PeerJson.Default.PeerQuestion));
            others = Math.Max(others, (int)receivers - 1);
            await question.AnsweredAsync(others).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception) when (RedisFault.Is(exception))
        {
            // what has come is told, and that the rest has not
        }
        finally
        {
            asked.TryRemove(question.Id, out _);
        }

        return question.Answers(others);
    }

    private async Task AnswerAsync(RedisValue message)
    {
        try
        {
            if (JsonSerializer.Deserialize((byte[])message!, PeerJson.Default.PeerQuestion) is not { } question || question.From == own.Gateway) return;
            var answer = new PeerAnswer(question.Id, own.List(question.Query));
            await cluster.Redis.GetSubscriber().PublishAsync(RedisChannel.Literal(question.AnswerTo), JsonSerializer.SerializeToUtf8Bytes(answer, PeerJson.Default.PeerAnswer));
        }
        catch (Exception exception) when (exception is JsonException || RedisFault.Is(exception))
        {
            LogNotAnswered(exception);
        }
    }

    private void Take(RedisValue message)
    {
        try
        {
            if (JsonSerializer.Deserialize((byte[])message!, PeerJson.Default.PeerAnswer) is { } answer && asked.TryGetValue(answer.Id, out var question)) question.Add(answer.List);
        }
        catch (JsonException exception)
        {
            LogNotAnswered(exception);
        }
    }

    [LoggerMessage(4022, LogLevel.Warning, "Another gateway asks who is connected here, or says who is there, and is not understood or not reached.")]
    private partial void LogNotAnswered(Exception exception);
}
