using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Batches;

/// <summary>Slots over random lives of batches: executions start, wait for approval, back off and end in any order.</summary>
public sealed class SlotsTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Slots_WhateverHappens_AreBoundedInOrderAndNeverIdle(int seed)
    {
        var random = new Random(seed);
        var life = new Life(random);
        for (var step = 0; step < 300 && life.Batch.Counts.Open > 0; step++)
        {
            life.Step();
            life.Check();
        }
    }

    [Fact]
    public void Slots_ManyPending_AreTheFirstInCallOrder()
    {
        var life = new Life(10, 4);

        Assert.Equal(["x0", "x1", "x2", "x3"], life.Slots);
    }

    [Fact]
    public void Slots_AwaitingApproval_HoldsNone()
    {
        var life = new Life(10, 4);
        life.Move("x1", ExecutionStatus.AwaitingApproval);

        Assert.Equal(["x0", "x2", "x3", "x4"], life.Slots);
    }

    [Fact]
    public void Slots_ApprovedLate_WaitsForOneThatEnds()
    {
        var life = new Life(5, 2);
        life.Move("x0", ExecutionStatus.AwaitingApproval);
        life.Move("x1", ExecutionStatus.Executing);
        life.Move("x2", ExecutionStatus.Backoff);
        life.Move("x0", ExecutionStatus.Pending);
        Assert.Equal(["x1", "x2"], life.Slots);

        life.Move("x2", ExecutionStatus.Failed);
        Assert.Equal(["x0", "x1"], life.Slots);
    }

    [Theory]
    [InlineData("Paused")]
    [InlineData("Cancelled")]
    public void Slots_BatchNotExecuting_AreNone(string status)
    {
        var life = new Life(3, 2);

        Assert.Empty(BatchMachine.Slots(life.Batch with { Status = Enum.Parse<BatchStatus>(status) }, life.Find));
        Assert.False(BatchMachine.HoldsSlot(life.Batch with { Status = Enum.Parse<BatchStatus>(status) }, life.Find("x0")!, life.Find));
    }

    private sealed class Life
    {
        private readonly Random random;
        private readonly Dictionary<string, ExecutionState> executions;

        public Life(Random random)
            : this(random.Next(1, 30), random.Next(1, 8)) => this.random = random;

        public Life(int total, int maxParallel)
        {
            random = new(0);
            executions = Enumerable.Range(0, total).Select(i => Executions.Make(ExecutionStatus.Pending, $"x{i}", i)).ToDictionary(e => e.Id);
            Batch = new()
            {
                Id = "b1",
                MaxParallel = maxParallel,
                StartedAt = Executions.Now,
                Deadline = Executions.Now,
                Counts = new() { Pending = total },
                Executions = [.. Enumerable.Range(0, total).Select(i => $"x{i}")],
            };
        }

        public BatchState Batch { get; private set; }

        public IEnumerable<string> Slots => BatchMachine.Slots(Batch, Find).Select(e => e.Id);

        public ExecutionState? Find(string id) => executions.GetValueOrDefault(id);

        public void Move(string id, ExecutionStatus to)
        {
            var after = executions[id] with { Status = to };
            Batch = BatchMachine.Moved(Batch, executions[id], after, new ToolContinued());
            executions[id] = after;
        }

        public void Step()
        {
            var open = executions.Values.Where(e => !e.IsFinal).ToArray();
            var one = open[random.Next(open.Length)];
            switch (one.Status)
            {
                case ExecutionStatus.Pending when BatchMachine.HoldsSlot(Batch, one, Find):
                    Move(one.Id, random.Next(4) == 0 && !one.Approved ? ExecutionStatus.AwaitingApproval : ExecutionStatus.Executing);
                    break;
                case ExecutionStatus.AwaitingApproval:
                    executions[one.Id] = one with { Approved = true };
                    Move(one.Id, ExecutionStatus.Pending);
                    break;
                case ExecutionStatus.Executing:
                    Move(one.Id, (ExecutionStatus[])[ExecutionStatus.Completed, ExecutionStatus.Failed, ExecutionStatus.Backoff, ExecutionStatus.Cancelled] is var ends ? ends[random.Next(4)] : default);
                    break;
                case ExecutionStatus.Backoff:
                    Move(one.Id, ExecutionStatus.Executing);
                    break;
                default:
                    break;
            }
        }

        public void Check()
        {
            var slots = BatchMachine.Slots(Batch, Find).ToArray();
            var pending = executions.Values.Where(e => e.Status == ExecutionStatus.Pending).OrderBy(e => e.Index).ToArray();
            var held = slots.Count(e => e.Status == ExecutionStatus.Pending);

            Assert.InRange(slots.Length, 0, Batch.MaxParallel);
            Assert.Equal(slots.OrderBy(e => e.Index), slots);
            Assert.All(slots, e => Assert.False(e.IsFinal || e.Status == ExecutionStatus.AwaitingApproval));
            Assert.All(executions.Values.Where(e => e.Status is ExecutionStatus.Executing or ExecutionStatus.Backoff), e => Assert.Contains(e, slots));
            Assert.Equal(pending.Take(held), slots.Where(e => e.Status == ExecutionStatus.Pending));
            Assert.True(slots.Length == Batch.MaxParallel || held == pending.Length, "A slot is free and a pending execution has none.");
            Assert.All(pending, e => Assert.Equal(slots.Contains(e), BatchMachine.HoldsSlot(Batch, e, Find)));
        }
    }
}
