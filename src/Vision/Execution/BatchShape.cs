using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Names and sizes of the one input and the one output of a model that takes crops.</summary>
/// <param name="InputName">Name of the input.</param>
/// <param name="OutputName">Name of the output.</param>
/// <param name="Input">Size of one crop, without the batch: 3, height, width.</param>
/// <param name="Output">Size of what one crop gives, without the batch.</param>
internal sealed record BatchShape(string InputName, string OutputName, long[] Input, long[] Output)
{
    /// <summary>Numbers of one crop.</summary>
    public int InputLength { get; } = (int)Product(Input);

    /// <summary>Numbers that one crop gives.</summary>
    public int OutputLength { get; } = (int)Product(Output);

    /// <summary>Reads the shape of an open model.</summary>
    /// <param name="session">The model.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="numbers">Numbers per crop that come out, as its profile says.</param>
    public static BatchShape Of(InferenceSession session, CropInput input, int numbers)
    {
        (string outputName, NodeMetadata output) = session.OutputMetadata.First();
        long[] each = [.. output.Dimensions.Skip(1).Select(size => (long)size)];
        // A model may leave its output's size open; then it is what the profile says.
        bool isKnown = each.Length > 0 && Product(each) == numbers;
        return new(session.InputMetadata.Keys.First(), outputName, [3, input.Height, input.Width], isKnown ? each : [numbers]);
    }

    private static long Product(long[] sizes) => sizes.Aggregate(1L, static (product, size) => product * size);
}
