import { CameraFloor } from '@/features/calibration/camera-floor';
import { useParam } from '@/hooks/use-param';

/** Reached from a camera of a site. */
export default function CameraCalibrationPage() {
  return <CameraFloor cameraId={useParam('cameraId')} />;
}
