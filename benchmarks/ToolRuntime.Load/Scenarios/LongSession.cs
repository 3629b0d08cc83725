using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class LongSession() : Scenario("long-session", "message.send with one `computer` to the reply's end: in a session of 1,000 messages, and in new ones; in turns")
{
    private const string Text = "/computer {}";
    private const int PerNewSession = 10;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var connection = await run.ConnectAsync();
        // The new ones are made first: whatever the session, writing at the very end of the store's file is cheaper than elsewhere.
        for (var i = 0; i < run.Options.Times(50); i++) await (await LoadSession.OpenAsync(connection, $"new{i}")).CloseAsync();
        var old = await run.OpenSessionAsync("old");
        for (var i = 0; i < 1_000; i++) (await old.SendAsync(Text)).Successful(1);

        var (early, late) = (new Samples(), new Samples());
        for (var i = 0; i < run.Options.Times(50); i++)
        {
            var fresh = await LoadSession.OpenAsync(connection, $"new{i}");
            for (var j = 0; j < PerNewSession; j++)
            {
                await MeasureAsync(fresh, early);
                await MeasureAsync(old, late);
            }

            await fresh.CloseAsync();
        }

        run.Latency("message 1 to 10", early);
        run.Latency("message 1,000 and later", late);
        run.Single("median, late to early", late.At(0.5) / early.At(0.5), "ratio", atMost: run.Bound(1.1));
    }

    private static async Task MeasureAsync(LoadSession session, Samples samples)
    {
        var step = (await session.SendAsync(Text)).Successful(1);
        samples.Add(step.SentAt, step.EndedAt);
    }
}
