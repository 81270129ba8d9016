using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>Why one picture or person failed, for reports.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Detail">One sentence.</param>
internal sealed record PictureProblem(string Code, string Detail)
{
    /// <summary>Makes a problem with the grid's words.</summary>
    /// <param name="problem">The grid's problem.</param>
    /// <returns>The same problem, for a report.</returns>
    public static PictureProblem From(ClusterProblemException problem) => new(problem.Code, problem.Message);
}
