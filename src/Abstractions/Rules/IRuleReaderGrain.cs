using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Rules;

/// <summary>Stateless reader of the rules' rows. Key: 0.</summary>
[Alias("fg.IRuleReaderGrain")]
public interface IRuleReaderGrain : IGrainWithIntegerKey
{
    /// <summary>Lists all rules by id, without status; also those whose row is damaged (<see cref="RuleInfo.IsDamaged"/>).</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>At most as many as there may be.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    [Alias("List")]
    Task<RuleInfo[]> ListAsync(CancellationToken cancellationToken);
}
