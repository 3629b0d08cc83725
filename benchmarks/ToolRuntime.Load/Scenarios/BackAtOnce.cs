using System.Diagnostics;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class BackAtOnce() : Scenario("back-at-once", "2,000 clients, a session each, are cut off, miss a batch of 20 events, and come back at once over all gateways")
{
    private const int Clients = 2_000;
    private const int AtATime = 50;
    private static readonly string Batch = Calls.Computers(9);

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var clients = new (LoadConnection Connection, LoadSession Session)[Clients];
        await EachAsync(async i =>
        {
            var connection = await LoadConnection.OpenAsync(run.Server.Sockets[i % run.Server.Sockets.Count]);
            clients[i] = (connection, await LoadSession.OpenAsync(connection, $"back{i}"));
        });
        await EachAsync(async i => await clients[i].Connection.DisposeAsync());

        var (heads, driver) = (new long[Clients], await run.ConnectAsync());
        await EachAsync(async i =>
        {
            var session = await LoadSession.OpenAsync(driver, clients[i].Session.Name);
            (await session.RunAsync(Batch)).Successful(9);
            heads[i] = session.Cursor;
            await session.CloseAsync();
        });

        var (back, from) = (new Samples(), Stopwatch.GetTimestamp());
        var returned = await Task.WhenAll(Enumerable.Range(0, Clients).Select(ReturnAsync));
        run.Latency("cut off to the last missed event", back);
        run.Single("events that each had missed", heads.Zip(clients, (head, client) => head - client.Session.Cursor).Average(), "events");
        run.Single("clients that are back without a gap", returned.Count(isBack => isBack), "clients", atLeast: run.Bound(Clients, Clients));

        async Task<bool> ReturnAsync(int i)
        {
            await using var connection = await LoadConnection.OpenAsync(run.Server.Sockets[(i + 1) % run.Server.Sockets.Count]);
            var (before, session) = (clients[i].Session, new LoadSession(connection, clients[i].Session.Name));
            back.Add(from, await session.ResumeAsync(before.Epoch, before.Cursor, heads[i]));
            return session.Cursor == heads[i];
        }
    }

    private static Task EachAsync(Func<int, Task> act) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Clients), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) => await act(i));
}
