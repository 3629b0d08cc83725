using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Engine.Contracts;

namespace ToolRuntime.Engine.Tests.Contracts;

public sealed class ContractRulesTests
{
    [Fact]
    public void Violations_SoundContract_None() => Assert.Empty(ContractRules.Violations([typeof(ISound)]));

    [Theory]
    [InlineData(typeof(ITakes<Unmarked>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<Changeable>), "is not [Immutable]")]
    [InlineData(typeof(ITakes<List<int>>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<int[]>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<JsonElement>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<object>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<ImmutableArray<Unmarked>>), "has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<HoldsUnmarked>), "which has no [GenerateSerializer]")]
    [InlineData(typeof(ITakes<HoldsJson>), "carry it as a string")]
    [InlineData(typeof(ITakes<OpenBase>), "OpenChild has no [GenerateSerializer]")]
    [InlineData(typeof(IReturns<Unmarked>), "has no [GenerateSerializer]")]
    public void Violations_UnsoundType_IsNamed(Type face, string complaint) =>
        Assert.Contains(complaint, string.Join('\n', ContractRules.Violations([face])), StringComparison.Ordinal);

    [Fact]
    public void Process_AllContractsOfThisTestProject_AreSound() => GrainClasses.OfProcess.RequireSoundContracts();

    public enum Colour
    {
        Red,
    }

    public interface ISound : IGrainWithStringKey
    {
        Task Plain(int a, string b, Guid c, DateTimeOffset d, TimeSpan e, Colour f, decimal? g, CancellationToken h);

        ValueTask<ImmutableArray<Closed>> Wrapped(ReadOnlyMemory<byte> a, ImmutableDictionary<string, Closed> b, (int, string) c, ISound d);

        Task<SoundBase> Hierarchy(GrainId a, StreamId b);
    }

    public interface ITakes<T> : IGrainWithStringKey
    {
        Task Take(T value);
    }

    public interface IReturns<T> : IGrainWithStringKey
    {
        Task<T> Return();
    }

    public sealed record Unmarked;

    [GenerateSerializer]
    public sealed class Changeable;

    [GenerateSerializer, Immutable]
    public readonly record struct Closed(int Number, IReadOnlyList<string> Names);

    [GenerateSerializer, Immutable]
    public sealed record HoldsUnmarked(ImmutableArray<Unmarked> Inner);

    [GenerateSerializer, Immutable]
    public sealed record HoldsJson(JsonElement Inner);

    [GenerateSerializer, Immutable]
    public abstract record SoundBase;

    [GenerateSerializer, Immutable]
    public sealed record SoundChild(Closed Closed) : SoundBase;

    [GenerateSerializer, Immutable]
    public abstract record OpenBase;

    public sealed record OpenChild : OpenBase;
}
