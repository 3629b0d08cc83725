using ToolRuntime.Simulation.Tests.Story;
using ToolRuntime.Simulation.Tests.Weaving;
using Xunit.Abstractions;

namespace ToolRuntime.Simulation.Tests;

/// <summary>The simulation can fail: it finds each of these faults, woven into the product or the store, within the default count of histories.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(Saboteurs.AcceptsStaleAttempts), "ExecutionMachine.Decide", "ExecutionTrigger.get_Attempt", 5_001)] // one history in some thousands has a report that late
    [InlineData(nameof(Saboteurs.ForgetsCommands), "SessionFold.Apply", "SessionFold.Remember")]
    [InlineData(nameof(Saboteurs.PublishesBeforeCommit), "SessionLine.WriteAsync", "SessionEncoding.Encode")]
    [InlineData(nameof(Saboteurs.AnswersBeforeCommit), "SessionLine.WriteAsync", "SessionWriter.WriteAsync")]
    [InlineData(nameof(Saboteurs.SkipsWakeUps), "SessionWakes.Wake", "SessionWakes.WakeExecution")]
    [InlineData(nameof(Saboteurs.MissesDeadlines), "ToolBatchGrain.Watch", "ToolBatchGrain.Once")]
    [InlineData(nameof(Saboteurs.RepeatsOutput), "ExecutionMachine.DecideOutput", "OutputTail.get_End")]
    [InlineData(nameof(Saboteurs.TakesAnyStart), "ToolExecutionGrain.BeginAsync", "Random.NextInt64")]
    [InlineData(nameof(Saboteurs.SavesTooLittle), "SessionLine.SaveAsync", "SessionReplay.Save")]
    [InlineData(nameof(Saboteurs.EndsBeforeOutput), "ToolRunner.RunAsync", "RunnerReporter.CompleteAsync")]
    [InlineData(nameof(Saboteurs.NeverEndsBatches), "SessionRules.AfterExecution", "BatchState.get_AllFinal")]
    public void Histories_OfABrokenProduct_Fail(string saboteur, string broken, string replaced, int from = 1) => Find(new WovenContext(new(saboteur, broken, replaced)), null, saboteur, from);

    [Theory]
    [InlineData("ignore-tokens")]
    public void Histories_OnABrokenStore_Fail(string switches) => Find(new WovenContext(null), switches, switches);

    private void Find(WovenContext product, string? switches, string what, int from = 1)
    {
        for (var seed = from; seed < from + SimulationTests.DefaultCount; seed++)
        {
            var wrong = product.Call<string[]>(typeof(History), nameof(History.Run), seed, switches, null)[0];
            if (wrong.Length == 0) continue;
            output.WriteLine($"{what} is found by history {seed}: {wrong.Split('\n')[0]}");
            return;
        }

        Assert.Fail($"{what} goes unnoticed.");
    }
}
