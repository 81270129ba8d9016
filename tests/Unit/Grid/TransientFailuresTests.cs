using FaceGrid.Abstractions.Errors;
using Orleans.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Goal: what is tried again is what passes by itself, and nothing else. Method: one exception of each kind.</summary>
public sealed class TransientFailuresTests
{
    public static TheoryData<Exception, bool, bool> Kinds => new()
    {
        { new TimeoutException(), true, true },
        { new OperationCanceledException(), true, true },
        { new SiloUnavailableException("gone"), true, true },
        { new InconsistentStateException("two writers"), true, true },
        { new FaceGridException(ErrorCodes.StorageUnavailable, "away"), false, true },
        { new FaceGridException(ErrorCodes.Busy, "full"), false, false },
        { new FaceGridException(ErrorCodes.GalleryNotFound, "none"), false, false },
        { new LimitExceededException("full"), false, false },
        { new GatewayTooBusyException("full"), false, false },
        { new InvalidOperationException("a mistake"), false, false },
    };

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void Includes_OfEachKind_IsWhatPassesByItself(Exception failure, bool transport, bool transient)
    {
        TransientFailures.IsOfTransport(failure).ShouldBe(transport);
        TransientFailures.Includes(failure, CancellationToken.None).ShouldBe(transient);
        TransientFailures.Includes(failure, new CancellationToken(canceled: true)).ShouldBeFalse();
    }

    [Fact]
    public void IsBusy_IsTrueForLimitsOnly()
    {
        TransientFailures.IsBusy(new LimitExceededException("full")).ShouldBeTrue();
        TransientFailures.IsBusy(new GatewayTooBusyException("full")).ShouldBeTrue();
        TransientFailures.IsBusy(new FaceGridException(ErrorCodes.Busy, "full")).ShouldBeTrue();
        TransientFailures.IsBusy(new TimeoutException()).ShouldBeFalse();
        TransientFailures.IsBusy(new FaceGridException(ErrorCodes.ShardsMissing, "missing")).ShouldBeFalse();
    }
}
