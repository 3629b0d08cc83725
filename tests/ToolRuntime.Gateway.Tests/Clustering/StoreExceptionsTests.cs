using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using StackExchange.Redis;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Silo.Clustering;

namespace ToolRuntime.Gateway.Tests.Clustering;

/// <summary>What Redis' client throws inside Orleans on a silo, as a gateway gets it.</summary>
public sealed class StoreExceptionsTests
{
    [Fact]
    public void Redis_LostInsideASilo_IsUnavailableToACaller()
    {
        using var services = new ServiceCollection().AddSerializer().AddStoreExceptions().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var lost = new Pipelines.Sockets.Unofficial.ConnectionResetException("Connection reset by peer");
        var thrown = new RedisConnectionException(ConnectionFailureType.SocketFailure, "No connection", lost);

        var arrived = serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(thrown));

        Assert.Equal("No connection", Assert.IsType<RedisConnectionException>(arrived).Message);
        Assert.IsType<Pipelines.Sockets.Unofficial.ConnectionResetException>(arrived.InnerException);
        Assert.True(ErrorMapper.IsTransient(arrived));
        Assert.Equal(ErrorCode.Unavailable, ErrorMapper.ToRejection(arrived).Code);
    }

    [Fact]
    public void Call_CancelledOnTheSilo_MayBeRepeated() => Assert.True(ErrorMapper.IsTransient(new TaskCanceledException()));
}
