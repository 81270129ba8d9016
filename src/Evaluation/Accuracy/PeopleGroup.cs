namespace FaceGrid.Evaluation.Accuracy;

/// <summary>What a person of LFW is used for; see <see cref="HeldOutPeople"/>.</summary>
internal enum PeopleGroup
{
    /// <summary>The built-in models were trained on them.</summary>
    Training,

    /// <summary>Choices between models were made by them.</summary>
    Selection,

    /// <summary>Thresholds come from them.</summary>
    Calibration,

    /// <summary>The figures of a release come from them, and nothing else does.</summary>
    Test,
}
